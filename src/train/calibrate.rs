//! The decision that is fitted on out-of-fold scores.

use rayon::prelude::*;

use super::by_topic::ByTopic;
use super::out_of_fold::OutOfFold;
use super::prepare::Prepared;
use super::{TopicReport, TrainSettings};
use crate::decide::threshold::{self, Threshold};
use crate::decide::{
    Calibration, Curve, Decision, Highest, Platt, Prior, Rival, Rivalry, Softmax, Target, probability_of,
};
use crate::{Task, Topic};

impl OutOfFold {
    /// The decision that fits the scores, and what it reaches on them topic by topic.
    pub fn decide(mut self, prepared: &Prepared, settings: &TrainSettings) -> Decided {
        let topics = prepared.topics.len();
        let mut articles = vec![0_u64; topics];
        prepared.targets.iter().flatten().for_each(|&topic| articles[topic as usize] += 1);
        let calibration = self.calibration(prepared);
        if let Calibration::Softmax(_) = calibration {
            let reports = self.report_single(prepared, &articles);
            let decision = Decision { calibration, thresholds: vec![0.0; topics], at_least_one: true };
            return Decided { decision, reports, curves: Vec::new() };
        }
        self.scores.par_iter_mut().with_min_len(64).for_each(|scores| calibration.log_odds(scores));
        let by_topic = ByTopic::new(&self, prepared);
        let found: Vec<(Threshold, Curve)> = (0..topics)
            .into_par_iter()
            .map(|topic| {
                let mut pairs = by_topic.pairs(topic);
                let for_f1 = threshold::smooth(&mut pairs);
                let chosen = match target_of(&prepared.topics[topic], settings) {
                    Target::F1 => for_f1,
                    target => threshold::find(&mut pairs, target),
                };
                let curve = Curve::new(&pairs, probability_of(for_f1.score), probability_of(chosen.score));
                (chosen, curve)
            })
            .collect();
        let (found, curves): (Vec<Threshold>, Vec<Curve>) = found.into_iter().unzip();
        let reports = found
            .iter()
            .zip(&articles)
            .map(|(threshold, &articles)| TopicReport {
                articles,
                f1: threshold.f1,
                guarded: threshold.guarded,
            })
            .collect();
        let decision = Decision {
            calibration,
            thresholds: found.iter().map(|threshold| probability_of(threshold.score)).collect(),
            at_least_one: settings.at_least_one,
        };
        Decided { decision, reports, curves }
    }

    /// The way from scores to probabilities that fits the scores.
    pub fn calibration(&self, prepared: &Prepared) -> Calibration {
        if prepared.task == Task::Single {
            return Calibration::Softmax(Softmax::fit(self.with_own_topic(prepared).into_iter()));
        }
        let by_topic = ByTopic::new(self, prepared);
        let pooled = Platt::fit(&self.pooled(prepared), None);
        let prior = Prior { scaling: pooled, strength: PRIOR_ARTICLES };
        let scalings: Vec<Platt> = (0..prepared.topics.len())
            .into_par_iter()
            .map(|topic| Platt::fit(&by_topic.pairs(topic), Some(prior)))
            .collect();
        let rivalry = Rivalry::fit(&self.rivals(prepared, &scalings));
        Calibration::Platt { scalings, rivalry }
    }

    /// A sample of the pairs of (score, has the topic) of all topics: so many that a corpus of thousands of topics takes
    /// no longer than one of twenty.
    fn pooled(&self, prepared: &Prepared) -> Vec<(f32, bool)> {
        let all: usize = self.scores.iter().map(|scores| scores.scores().len()).sum();
        let stride = all.div_ceil(POOLED_PAIRS).max(1);
        let mut pairs = Vec::new();
        let mut at = 0;
        for (&row, scores) in self.rows.iter().zip(&self.scores) {
            for (topic, score) in scores.iter() {
                at += 1;
                if at % stride == 0 {
                    pairs.push((score, prepared.has(row, topic as usize)));
                }
            }
        }
        pairs
    }

    /// What a sample of the articles says of topics beside other topics. Of topics that are out of the question, which are
    /// most, a few stand for the others.
    fn rivals(&self, prepared: &Prepared, scalings: &[Platt]) -> Vec<Rival> {
        let stride = self.rows.len().div_ceil(RIVAL_ARTICLES).max(1);
        let parts = (0..self.rows.len()).into_par_iter().step_by(stride).with_min_len(64).map(|at| {
            let mut scores = self.scores[at].clone();
            scores.change(|topic, score| scalings[topic as usize].log_odds(score));
            let highest = Highest::of(scores.scores());
            let rivals = scores.iter().enumerate().filter_map(|(place, (topic, own))| {
                let has = prepared.has(self.rows[at], topic as usize);
                let unlikely = own < UNLIKELY && !has;
                let stands = !unlikely || (at + place).is_multiple_of(UNLIKELY_STAND_FOR);
                let count = if unlikely { UNLIKELY_STAND_FOR as f32 } else { 1.0 };
                stands.then_some(Rival { own, other: highest.but(place), has, count })
            });
            rivals.collect::<Vec<_>>()
        });
        parts.collect::<Vec<_>>().concat()
    }

    fn report_single(&self, prepared: &Prepared, articles: &[u64]) -> Vec<TopicReport> {
        // Given the topic, or having it; and both.
        let mut counts = vec![[0_u64; 2]; articles.len()];
        for (&row, scores) in self.rows.iter().zip(&self.scores) {
            let own = prepared.targets[row as usize][0] as usize;
            let given =
                scores.iter().nth(scores.highest().unwrap_or(0)).map_or(own, |given| given.0 as usize);
            counts[given][0] += 1;
            counts[own][0] += 1;
            counts[own][1] += u64::from(given == own);
        }
        let f1 = |at: usize| 2.0 * counts[at][1] as f32 / (counts[at][0] as f32).max(1.0);
        (0..articles.len())
            .map(|at| TopicReport { articles: articles[at], f1: f1(at), guarded: false })
            .collect()
    }
}

/// What comes of out-of-fold scores.
pub(super) struct Decided {
    pub decision: Decision,
    pub reports: Vec<TopicReport>,
    /// For each topic; empty where an article has exactly one.
    pub curves: Vec<Curve>,
}

/// How many articles of a topic it takes to weigh as much as what holds for all topics.
const PRIOR_ARTICLES: f64 = 10.0;

/// How many pairs tell what holds for all topics.
const POOLED_PAIRS: usize = 500_000;

/// How many articles tell what topics say of each other.
const RIVAL_ARTICLES: usize = 50_000;

/// Below these log odds a topic is out of the question, ...
const UNLIKELY: f32 = -4.0;

/// ... and one such stands for so many.
const UNLIKELY_STAND_FOR: usize = 8;

fn target_of(topic: &Topic, settings: &TrainSettings) -> Target {
    settings.topic_targets.get(topic).copied().unwrap_or(settings.target)
}
