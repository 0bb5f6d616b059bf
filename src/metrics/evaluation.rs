//! All figures of a model on labelled articles.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use super::{
    Averages, Counts, Interval, Judged, Reliability, average_precision, base_rate_log_loss,
    bootstrap_intervals, brier_score, exact_match, log_loss,
};
use crate::{Result, Task, Topic};

/// What `evaluate --json` writes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// How many articles there are.
    pub articles: usize,
    /// Which share of them was given exactly its gold topics.
    pub exact_match: f64,
    /// Averages over all pairs of an article and a topic.
    pub micro: Averages,
    /// Averages over topics.
    #[serde(rename = "macro")]
    pub macro_average: Averages,
    /// Averages over topics, weighted by their articles.
    pub weighted: Averages,
    /// Expected calibration error.
    pub calibration_error: f64,
    /// Mean log loss.
    pub log_loss: f64,
    /// The log loss of who knows the topics' rates alone.
    pub base_rate_log_loss: f64,
    /// Mean squared error of the probabilities.
    pub brier_score: f64,
    /// 95 % bootstrap intervals.
    pub intervals: Intervals,
    /// Topic by topic.
    pub topics: BTreeMap<Topic, TopicFigures>,
    /// Probabilities against outcomes.
    pub reliability: Reliability,
}

/// 95 % bootstrap intervals over articles.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Intervals {
    /// Of micro-F1.
    pub micro_f1: Interval,
    /// Of macro-F1.
    pub macro_f1: Interval,
    /// Of the share of articles given exactly their gold topics.
    pub exact_match: Interval,
}

/// The figures of one topic.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TopicFigures {
    /// How much of what was given is right.
    pub precision: f64,
    /// How much of what is gold was given.
    pub recall: f64,
    /// The harmonic mean of both.
    pub f1: f64,
    /// How many articles have the topic.
    pub support: u64,
    /// How many articles were given the topic.
    pub given: u64,
    /// How well the probabilities rank articles.
    pub average_precision: f64,
}

/// Where the bootstrap starts from: figures in documents must come out again.
const SEED: u64 = 1;

/// All figures of `judged`, whose topics are `names` and whose probabilities are `rows`, one for each topic. Topics that
/// neither occur nor were given are left out.
///
/// # Errors
///
/// [`Error::Settings`](crate::Error::Settings) where there are not as many rows as articles.
pub fn evaluate(judged: &Judged<'_>, rows: &[Vec<f32>], names: &[Topic], task: Task) -> Result<Evaluation> {
    if rows.len() != judged.articles() || rows.iter().any(|row| row.len() != names.len()) {
        return Err(crate::Error::Settings("probabilities and topics are not of the same articles".into()));
    }
    let counts = Counts::of(judged);
    let gold = judged.gold();
    let reliability = Reliability::new(judged, rows, task);
    let [micro_f1, macro_f1, exact] = bootstrap_intervals(judged, SEED);
    let topics = names
        .par_iter()
        .zip(counts.topics())
        .enumerate()
        .filter(|(_, (_, counts))| counts.occurs())
        .map(|(number, (name, counts))| {
            let is_gold = |article: usize| gold.get(article).iter().any(|topic| topic.index() == number);
            let mut pairs: Vec<(f32, bool)> =
                rows.iter().enumerate().map(|(article, row)| (row[number], is_gold(article))).collect();
            let figures = TopicFigures {
                precision: counts.precision(),
                recall: counts.recall(),
                f1: counts.f1(),
                support: counts.support(),
                given: counts.given(),
                average_precision: average_precision(&mut pairs),
            };
            (name.clone(), figures)
        })
        .collect();
    Ok(Evaluation {
        articles: judged.articles(),
        exact_match: exact_match(judged),
        micro: counts.micro(),
        macro_average: counts.macro_average(),
        weighted: counts.weighted(),
        calibration_error: reliability.error(),
        log_loss: log_loss(gold, rows, task),
        base_rate_log_loss: base_rate_log_loss(gold, names.len(), task),
        brier_score: brier_score(gold, rows, task),
        intervals: Intervals { micro_f1, macro_f1, exact_match: exact },
        topics,
        reliability,
    })
}
