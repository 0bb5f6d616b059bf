//! Scores to probabilities to topics.
//!
//! [`SecondStage`] corrects the scores of topics by each other's; [`Platt`] with [`Rivalry`], or [`Softmax`], turn scores into
//! probabilities, fitted on out-of-fold scores; [`threshold`] finds the probability from which a topic is assigned, and
//! [`Curve`] remembers what others would come to; [`Decision`] holds probabilities and thresholds for all topics of a model.
//! Where there are very many topics, [`ArticleScores`] are those of an article's best alone.

mod blend;
mod cholesky;
mod curve;
mod decision;
mod exponential;
mod platt;
mod regression;
mod rivalry;
mod second_stage;
mod shortlist;
mod side_by_side;
mod softmax;
mod table;
pub mod threshold;

pub(crate) use blend::{Blend, blend};
pub use curve::{Curve, Reached};
pub use decision::{Calibration, Decision, probability_of};
pub use platt::{Platt, Prior};
pub(crate) use rivalry::Highest;
pub use rivalry::{MOST_OTHER, Rival, Rivalry};
pub use second_stage::SecondStage;
pub use shortlist::{ArticleScores, SHORTLIST};
pub use softmax::Softmax;
pub use threshold::Target;
