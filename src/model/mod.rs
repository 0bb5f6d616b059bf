//! The model: all that predicting needs, in one file.
//!
//! [`TopicModel`] is the door. Behind it, [`Parts`] is what training hands over and becomes the bytes of a file; `file`
//! opens and checks such bytes, from disk or memory; `scorer` turns an article into scores without building
//! anything first; [`Explanation`] takes a score apart again, and [`Neighbours`] finds the labelled articles that an article
//! resembles.

mod explain;
mod feature;
mod file;
mod neighbours;
mod occurrences;
mod older;
mod operating_points;
mod parts;
mod prediction;
mod scorer;
mod topic_model;
mod weights;

pub use explain::{Contribution, Explanation, TopicExplanation};
pub use file::{FORMAT_VERSION, Size};
pub use neighbours::{Neighbour, Neighbours};
pub use occurrences::{Part, Span};
pub use operating_points::{OperatingPoint, ThresholdChanges};
pub use parts::Parts;
pub use prediction::{Assigned, PredictOptions, Prediction};
pub use scorer::{Scorer, Scratch};
pub use topic_model::{Card, Term, TopicModel};
pub use weights::PackedWeights;
