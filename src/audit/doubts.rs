//! Labels that are doubtful, and the topics that they are of.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use super::ArticleRef;
use super::confident::{self, Suspicion};
use super::topics::{TopicOverlap, TopicReview, overlaps, reviews};
use crate::corpus::Corpus;
use crate::model::Scorer;
use crate::train::{TrainSettings, Trainer};
use crate::{Article, Error, Result, Task, Topic, TopicModel};

/// What is doubtful about the labels of a corpus.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelFindings {
    /// Exactly one topic to an article, or several.
    pub task: Task,
    /// How many labelled articles were looked at.
    pub articles: usize,
    /// The doubtful labels, the most doubtful first.
    pub doubts: Vec<Doubt>,
    /// Every topic with how well it can be told from the others, the one with most articles first.
    pub topics: Vec<TopicReview>,
    /// Pairs of topics that are not told apart, those with the largest share first.
    pub overlaps: Vec<TopicOverlap>,
    /// How many times as many articles the most frequent topic has as the rarest.
    pub imbalance: f64,
}

/// A label that contradicts what was learned from the other articles.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Doubt {
    /// The article.
    pub article: ArticleRef,
    /// What may be wrong.
    pub kind: DoubtKind,
    /// The topic that may be wrong or missing.
    pub topic: Topic,
    /// How likely it is that the article has the topic, by models that have not seen the article.
    pub probability: f32,
    /// The likeliest topic, where an article has exactly one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead: Option<Topic>,
    /// How likely that one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead_probability: Option<f32>,
    /// How doubtful the label is, from 0 to 1: what the list is sorted by.
    pub doubt: f32,
    /// Whether the label is contradicted with confidence: the other topic, the missing one, or the absence of the wrong one is
    /// as likely as it is on average for the articles that have it.
    pub confident: bool,
    /// The words that say so, the strongest first: those for the other or the missing topic, or those against the wrong one.
    /// From a model that has not learned from the article, but where this would have taken too many of its topic away. Only
    /// of the two thousand most doubtful labels.
    pub evidence: Vec<Evidence>,
}

/// What may be wrong with a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DoubtKind {
    /// The article has the topic and should not.
    Wrong,
    /// The article should have the topic and does not.
    Missing,
}

/// A word, and how much it says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    /// The word as the article writes it.
    pub word: String,
    /// What it adds to the score of the other or missing topic, less what it adds to that of the given one.
    pub weight: f32,
}

/// Fewer labelled articles than this show nothing about their labels.
const FEWEST: usize = 10;

/// How many words of evidence a doubt has.
const EVIDENCE_WORDS: usize = 6;

/// How many doubts have evidence.
const EVIDENCE_DOUBTS: usize = 2_000;

/// Looks for doubtful labels in `corpus`, of which only the labelled articles count.
///
/// Every article gets probabilities from models that have not seen it, twice: the second time, nothing is learned from
/// articles whose labels are doubtful by the first. Both count alike.
///
/// # Errors
///
/// [`Error::Corpus`] where the labels show nothing: fewer than ten labelled articles, one topic on all of them, no words.
pub fn label_findings(corpus: &Corpus, settings: &TrainSettings) -> Result<LabelFindings> {
    let places: Vec<usize> = corpus
        .articles
        .iter()
        .enumerate()
        .filter_map(|(place, article)| article.topics.is_some().then_some(place))
        .collect();
    if places.len() < FEWEST {
        return Err(Error::Corpus(format!(
            "{} labelled articles are too few to doubt their labels: from {FEWEST} on there is something to learn",
            places.len()
        )));
    }
    let labelled = Corpus::from(places.iter().map(|&at| corpus.articles[at].clone()).collect::<Vec<_>>());
    let cross_fit = Trainer::new(settings.clone())?.cross_fit(&labelled)?;
    let (task, targets, topics) = (cross_fit.task(), cross_fit.targets(), cross_fit.topics());

    let mut probabilities = cross_fit.probabilities(&[])?;
    let reviews = reviews(&probabilities, targets, topics, task)?;
    let overlaps = overlaps(&probabilities, targets, topics, task);
    let learned: Vec<bool> = reviews
        .iter()
        .map(|review| review.average_precision.is_some_and(|p| p >= confident::LEARNED))
        .collect();
    let suspect = |probabilities: &[Vec<f32>]| match task {
        Task::Single => {
            let own: Vec<u32> = targets.iter().filter_map(|row| row.first().copied()).collect();
            confident::single(probabilities, &own)
        }
        Task::Multi => confident::several(probabilities, targets, &learned),
    };
    let mut doubted = suspect(&probabilities);
    // Of several topics to an article, one or another is soon doubted: too little would be left.
    doubted.retain(|suspicion| task == Task::Single || suspicion.confident);
    let left_out = confident::better_left_out(&doubted, targets, topics.len());
    let (second, model) = cross_fit.probabilities_and_model(&left_out)?;
    confident::together(&mut probabilities, &second, task == Task::Single);
    let suspicions = suspect(&probabilities);

    let doubts = suspicions
        .par_iter()
        .enumerate()
        .map_init(
            || model.scorer(),
            |scorer, (rank, suspicion)| {
                let topic = |number: usize| topics[number].clone();
                let mut doubt = Doubt {
                    article: ArticleRef::new(corpus, places[suspicion.row]),
                    kind: if suspicion.given { DoubtKind::Wrong } else { DoubtKind::Missing },
                    topic: topic(suspicion.topic),
                    probability: probabilities[suspicion.row][suspicion.topic],
                    instead: suspicion.instead.map(topic),
                    instead_probability: suspicion.instead.map(|at| probabilities[suspicion.row][at]),
                    doubt: suspicion.doubt,
                    confident: suspicion.confident,
                    evidence: Vec::new(),
                };
                if rank < EVIDENCE_DOUBTS {
                    doubt.evidence = evidence(&model, scorer, &labelled.articles[suspicion.row], suspicion);
                }
                doubt
            },
        )
        .collect();
    Ok(LabelFindings {
        task,
        articles: places.len(),
        doubts,
        imbalance: imbalance(&reviews),
        topics: by_size(reviews),
        overlaps,
    })
}

/// The words of `article` that raise the suspicion.
fn evidence(
    model: &TopicModel,
    scorer: &mut Scorer<'_>,
    article: &Article,
    suspicion: &Suspicion,
) -> Vec<Evidence> {
    let Suspicion { topic, given, instead, .. } = *suspicion;
    let asked = [Some(topic), instead].into_iter().flatten().map(|at| model.topics()[at].clone());
    let asked: Vec<Topic> = asked.collect();
    let explanation = model.explain_with(scorer, article, Some(&asked));
    let mut words: BTreeMap<&str, Evidence> = BTreeMap::new();
    for (at, topic) in asked.iter().enumerate() {
        let Some(explained) = explanation.topics.iter().find(|of| of.topic == *topic) else { continue };
        // What speaks for the given topic speaks against the doubt.
        let sign = if at == 0 && given { -1.0 } else { 1.0 };
        for one in &explained.contributions {
            let word = words.entry(&one.term).or_insert_with(|| Evidence {
                word: one.spans.first().map_or(&*one.term, |span| span.of(article)).to_owned(),
                weight: 0.0,
            });
            word.weight += sign * one.contribution;
        }
    }
    let mut words: Vec<Evidence> = words.into_values().filter(|word| word.weight > 0.0).collect();
    // Terms come sorted, so that of equal weight the order is theirs.
    words.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    words.truncate(EVIDENCE_WORDS);
    words
}

fn imbalance(reviews: &[TopicReview]) -> f64 {
    let sizes = || reviews.iter().map(|review| review.articles);
    sizes().max().unwrap_or(0) as f64 / sizes().min().unwrap_or(0).max(1) as f64
}

fn by_size(mut reviews: Vec<TopicReview>) -> Vec<TopicReview> {
    reviews.sort_by(|a, b| b.articles.cmp(&a.articles).then_with(|| a.topic.cmp(&b.topic)));
    reviews
}
