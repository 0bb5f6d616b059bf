//! Scores to probabilities to topics.
//!
//! [`Platt`] and [`Softmax`] turn scores into probabilities, both fitted on out-of-fold scores; [`threshold`] finds
//! the probability from which a topic is assigned; [`Decision`] holds both for all topics of a model.

mod decision;
mod platt;
mod softmax;
pub mod threshold;

pub use decision::{Calibration, Decision};
pub use platt::{Platt, Prior};
pub use softmax::Softmax;
pub use threshold::Target;
