//! What a training did: kept in the model and shown by `inspect`.

use serde::{Deserialize, Serialize};

use super::Candidate;
use crate::learn::Convergence;

/// The record of a training. It holds no time, path or number of threads, so that the same training gives the same
/// bytes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TrainingReport {
    /// Labelled articles that were learned from.
    pub articles: u64,
    /// How many of them have exactly one topic.
    pub with_one_topic: u64,
    /// How many of them have none.
    pub without_topic: u64,
    /// How many articles without labels were learned from too, with topics that what was learned from the others is sure of.
    #[serde(default, skip_serializing_if = "is_none")]
    pub self_labelled: u64,
    /// Terms of the vocabulary.
    pub terms: u64,
    /// In how many articles a term had to occur; 0 in models of older programs.
    #[serde(default)]
    pub min_articles: u32,
    /// Character n-grams, by which words are known that are no terms.
    #[serde(default, skip_serializing_if = "is_none")]
    pub character_ngrams: u64,
    /// Columns: terms in fields.
    pub columns: u64,
    /// The settings that were chosen.
    pub chosen: Option<Candidate>,
    /// What was compared, in order.
    pub trials: Vec<Trial>,
    /// What the trials' figure is, in words; out of fold.
    pub figure: String,
    /// What part of the scores comes of the log ratios of naive Bayes, by size: from 0, where they are not blended in or do
    /// not help, to 1.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub log_ratios: f32,
    /// How the last fit ended.
    pub convergence: Convergence,
    /// For each topic, in the order of the model's topics.
    pub topics: Vec<TopicReport>,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

fn is_zero(part: &f32) -> bool {
    *part == 0.0
}

/// A candidate and what it scored.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// The settings.
    pub candidate: Candidate,
    /// The figure on articles that the fit had not seen.
    pub figure: f64,
    /// How many articles that are: fewer where the candidate was given up early.
    #[serde(default)]
    pub articles: u64,
}

/// What a training says of one topic.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct TopicReport {
    /// Articles that have the topic.
    pub articles: u64,
    /// F1 on out-of-fold scores, at the threshold chosen on them: a little better than new articles will show.
    pub f1: f32,
    /// Whether the topic was too rare, or too badly told, for a threshold of its own.
    pub guarded: bool,
}
