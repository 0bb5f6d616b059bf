//! A model on labelled articles: what it gives, against what people gave.
//!
//! [`evaluate_model`] measures a model that there is, and [`examine`] finds where and why it fails; [`cross_validate`] says how good a model of a corpus will be, and
//! [`learning_curve`] what more articles would bring; [`compare`] says whether one of two models is really better, and a
//! [`Monitor`] whether new articles have drifted from what a model learned.

mod compare;
mod cross_validate;
mod errors;
mod findings;
mod given;
mod learning_curve;
mod measured;
mod monitor;
mod spread;

use std::collections::BTreeMap;

use self::measured::Measured;
use crate::metrics::{Evaluation, EvaluationOptions, evaluate};
use crate::model::TopicModel;
use crate::{Article, Result, Topic};

pub use compare::{Comparison, Differing, Side, TopicDifference, compare, p_value};
pub use cross_validate::{CrossValidation, FoldFigures, MeanFigures, TopicCrossValidation, cross_validate};
pub use errors::{DecidingWord, WorstError, WrongTopic};
pub use findings::{Findings, HARDLY_KNOWN, HardlyKnown, TopicCurves, TopicPair, examine};
pub use given::Given;
pub use learning_curve::{CurvePoint, LearningCurve, TopicGain, learning_curve};
pub use monitor::{Monitor, MonitorReport, TopicRate, Warning, WarningKind};
pub use spread::Spread;

/// A model's figures on some articles, and what the figures alone do not tell.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The figures.
    pub evaluation: Evaluation,
    /// Topics of the articles that the model has never seen, with how many articles have them: it cannot give them, and
    /// they count as missed.
    pub unknown_topics: BTreeMap<Topic, usize>,
}

/// Predicts `articles`, which must be labelled, and measures the outcome.
///
/// A topic that the model does not know counts as missed on every article that has it.
///
/// # Errors
///
/// [`Error::Corpus`](crate::Error::Corpus) where there are no articles or one is not labelled.
pub fn evaluate_model(model: &TopicModel, articles: &[Article]) -> Result<Outcome> {
    outcome(model, &Measured::new(model, articles)?)
}

fn outcome(model: &TopicModel, measured: &Measured) -> Result<Outcome> {
    let Measured { names, gold, given, scores, unknown_topics, .. } = measured;
    let evaluation = evaluate(gold, given, Some(scores), names, model.task(), &EvaluationOptions::default())?;
    Ok(Outcome { evaluation, unknown_topics: unknown_topics.clone() })
}
