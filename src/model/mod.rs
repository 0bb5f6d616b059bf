//! The model: all that predicting needs, in one file.
//!
//! [`TopicModel`] is the door. Behind it, [`Parts`] is what training hands over and becomes the bytes of a file; `file`
//! opens and checks such bytes, from disk or memory; `scorer` turns an article into scores without building
//! anything first.

mod file;
mod parts;
mod prediction;
mod scorer;
mod topic_model;

pub use file::{FORMAT_VERSION, Size};
pub use parts::Parts;
pub use prediction::{Assigned, PredictOptions, Prediction};
pub use scorer::Scorer;
pub use topic_model::{Card, Term, TopicModel};
