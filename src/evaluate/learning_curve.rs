//! The learning curve: what more labelled articles would bring.

use std::collections::BTreeMap;

use serde::Serialize;

use super::cross_validate::Folds;
use super::{FoldFigures, Spread};
use crate::corpus::{Corpus, grouped_folds};
use crate::metrics::Evaluation;
use crate::train::TrainSettings;
use crate::{Error, Result, Task, Topic};

/// Which shares of the articles are learned from, in tenths.
const TENTHS: [u8; 5] = [1, 2, 4, 7, 10];

/// What is reached with how many articles.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LearningCurve {
    /// Exactly one topic to an article, or several.
    pub task: Task,
    /// On how many folds each point was measured.
    pub folds: u8,
    /// The points, from the smallest share on.
    pub points: Vec<CurvePoint>,
    /// What the topics gained from the last step, most first.
    pub topics: Vec<TopicGain>,
}

/// What is reached with one share of the articles.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CurvePoint {
    /// The share of the articles outside the fold that were learned from.
    pub share: f64,
    /// How many articles that is, on average.
    pub articles: f64,
    /// Which share of the fold's articles was given exactly its topics.
    pub exact_match: Spread,
    /// F1 over all pairs of an article and a topic.
    pub micro_f1: Spread,
    /// The mean F1 of the topics that occur in the fold.
    pub macro_f1: Spread,
    /// Why there are no figures for some fold: so small a part could not be learned from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// What a topic gained from the last step of the curve.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopicGain {
    /// The topic.
    pub topic: Topic,
    /// How many articles of the corpus have it.
    pub articles: usize,
    /// How many articles of the measured folds have it.
    pub support: u64,
    /// Its mean F1 with the share before the last.
    pub f1_before: f64,
    /// Its mean F1 with all articles.
    pub f1: f64,
    /// The difference. With few articles to measure on it is little more than chance.
    pub gain: f64,
}

/// Learns from 10, 20, 40, 70 and 100 % of the articles outside a fold and evaluates on the fold, for the first `measured`
/// of `folds` folds. Every share holds the smaller ones, and every topic in proportion. `tell` hears of each point.
///
/// # Errors
///
/// As [`cross_validate`](super::cross_validate), save that a share too small to learn from is no error: its point has no
/// figures and says why.
pub fn learning_curve(
    corpus: &Corpus,
    settings: &TrainSettings,
    folds: u8,
    measured: u8,
    tell: &dyn Fn(u8, f64),
) -> Result<LearningCurve> {
    if settings.self_training {
        let problem = "self-training: a learning curve is one of labelled articles: measure without it";
        return Err(Error::Settings(problem.into()));
    }
    let parts = Folds::new(corpus, settings, folds)?;
    let measured = measured.clamp(1, folds);
    let mut runs: Vec<Vec<FoldFigures>> = vec![Vec::new(); TENTHS.len()];
    let mut problems: Vec<Option<String>> = vec![None; TENTHS.len()];
    let mut topics: [BTreeMap<Topic, Measured>; 2] = Default::default();
    for fold in 0..measured {
        let (seen, unseen) = parts.places(fold);
        let unseen = Corpus::from(parts.take(&unseen));
        let tenth = tenths(&parts, &seen, settings.seed);
        for (point, tenths) in TENTHS.into_iter().enumerate() {
            tell(fold, f64::from(tenths) / 10.0);
            let places: Vec<usize> = seen
                .iter()
                .zip(&tenth)
                .filter(|(_, tenth)| **tenth < tenths)
                .map(|(place, _)| *place)
                .collect();
            let evaluation = match parts.evaluate(&Corpus::from(parts.take(&places)), &unseen) {
                Ok(evaluation) => evaluation,
                Err(Error::Corpus(problem)) if tenths < 10 => {
                    problems[point] = Some(problem);
                    continue;
                }
                Err(error) => return Err(error),
            };
            runs[point].push(FoldFigures::new(places.len(), &evaluation));
            if let Some(before_last) = (point + 2).checked_sub(TENTHS.len()) {
                add(&mut topics[before_last], &evaluation);
            }
        }
    }
    let points = TENTHS.iter().zip(runs).zip(problems).map(|((&tenths, runs), problem)| {
        let mean = |figure: fn(&FoldFigures) -> f64| Spread::of(runs.iter().map(figure));
        CurvePoint {
            share: f64::from(tenths) / 10.0,
            articles: mean(|run| run.learned_from as f64).mean,
            exact_match: mean(|run| run.exact_match),
            micro_f1: mean(|run| run.micro_f1),
            macro_f1: mean(|run| run.macro_f1),
            problem,
        }
    });
    Ok(LearningCurve {
        task: parts.task,
        folds: measured,
        points: points.collect(),
        topics: gains(corpus, &topics),
    })
}

/// For each article of `seen`, its tenth: ten parts in which every topic has its share, near copies in one.
fn tenths(parts: &Folds<'_>, seen: &[usize], seed: u64) -> Vec<u8> {
    let topics: Vec<Vec<u32>> = seen.iter().map(|&place| parts.topics[place].clone()).collect();
    let groups: Vec<u32> = seen.iter().map(|&place| parts.groups[place]).collect();
    grouped_folds(&topics, &groups, 10, seed)
}

/// A topic at one point of the curve: F1 on each fold, and how many articles have it there.
#[derive(Default)]
struct Measured {
    f1: Vec<f64>,
    support: u64,
}

fn add(topics: &mut BTreeMap<Topic, Measured>, evaluation: &Evaluation) {
    // A topic that is only given where it does not belong has nothing to gain from.
    for (topic, figures) in evaluation.topics.iter().filter(|(_, figures)| figures.support > 0) {
        let measured = topics.entry(topic.as_str().into()).or_default();
        measured.f1.push(figures.f1);
        measured.support += figures.support;
    }
}

fn gains(corpus: &Corpus, [before, last]: &[BTreeMap<Topic, Measured>; 2]) -> Vec<TopicGain> {
    let articles: BTreeMap<Topic, usize> = corpus.topics().into_iter().collect();
    let mean = |measured: &Measured| Spread::of(measured.f1.iter().copied()).mean;
    let gain = |(topic, measured): (&Topic, &Measured)| {
        let (f1_before, f1) = (mean(before.get(topic)?), mean(measured));
        Some(TopicGain {
            topic: topic.clone(),
            articles: articles.get(topic).copied().unwrap_or(0),
            support: measured.support,
            f1_before,
            f1,
            gain: f1 - f1_before,
        })
    };
    let mut gains: Vec<TopicGain> = last.iter().filter_map(gain).collect();
    gains.sort_by(|a, b| b.gain.total_cmp(&a.gain).then_with(|| a.topic.cmp(&b.topic)));
    gains
}
