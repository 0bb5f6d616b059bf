//! Out-of-fold scores, and the decision fitted on them.

use rayon::prelude::*;

use super::candidate::{Candidate, FitOptions};
use super::prepare::{Prepared, View};
use super::{TopicReport, TrainSettings};
use crate::decide::threshold::{self, Threshold};
use crate::decide::{Bend, Calibration, Decision, Platt, Prior, Softmax, Target, probability_of};
use crate::learn::Duals;
use crate::{Result, Task, Topic};

/// The scores of articles by fits that had not seen them.
#[derive(Clone)]
pub(super) struct OutOfFold {
    /// The articles.
    pub rows: Vec<u32>,
    /// For each of them, the score of every topic.
    pub scores: Vec<Vec<f32>>,
}

impl OutOfFold {
    /// Scores the articles of the folds numbered below `folds`. All that is learned is learned again without the fold;
    /// `start` only tells the solver where to begin.
    pub fn new(
        prepared: &Prepared,
        view: &View,
        candidate: &Candidate,
        start: &Duals,
        how: FitOptions,
        folds: u8,
    ) -> Result<OutOfFold> {
        OutOfFold::without(prepared, view, candidate, start, how, folds, &[])
    }

    /// The same, where nothing is learned from the articles that are true in `left_out`. They are scored like the others.
    pub fn without(
        prepared: &Prepared,
        view: &View,
        candidate: &Candidate,
        start: &Duals,
        how: FitOptions,
        folds: u8,
        left_out: &[bool],
    ) -> Result<OutOfFold> {
        let stays = |row: usize| !left_out.get(row).copied().unwrap_or(false);
        let parts = (0..folds.min(prepared.folds))
            .into_par_iter()
            .map(|fold| {
                let (mut seen, unseen) = prepared.split(fold);
                seen.retain(|&row| stays(row as usize));
                let taken = |row: usize| prepared.fold[row] != fold && stays(row);
                let (_, records) = view.records_of(prepared, candidate, taken);
                let fitted = candidate.fit(&records, &prepared.labels, &seen, start, how)?;
                let scores =
                    unseen.iter().map(|&row| fitted.weights.scores(&records, row as usize)).collect();
                Ok((unseen, scores))
            })
            .collect::<Result<Vec<(Vec<u32>, Vec<Vec<f32>>)>>>()?;
        let (rows, scores): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
        Ok(OutOfFold { rows: rows.concat(), scores: scores.concat() })
    }

    /// The (score, has the topic) pairs of `topic`.
    fn pairs(&self, prepared: &Prepared, topic: usize) -> Vec<(f32, bool)> {
        let has = |row: u32| prepared.labels.has(row as usize, topic);
        self.rows.iter().zip(&self.scores).map(|(&row, scores)| (scores[topic], has(row))).collect()
    }

    /// How good the scores are: accuracy where an article has exactly one topic, else three quarters of micro-F1 and one
    /// of macro-F1, with the best threshold for each topic: rare topics count, but do not decide.
    pub fn figure(&self, prepared: &Prepared) -> f64 {
        if prepared.task == Task::Single {
            let right = self.rows.iter().zip(&self.scores).filter(|(row, scores)| {
                let own = prepared.targets[**row as usize][0] as usize;
                (0..scores.len()).all(|topic| topic == own || scores[topic] < scores[own])
            });
            return right.count() as f64 / self.rows.len().max(1) as f64;
        }
        let counts: Vec<[usize; 2]> = (0..prepared.topics.len())
            .into_par_iter()
            .map(|topic| {
                let mut pairs = self.pairs(prepared, topic);
                let threshold = threshold::find(&mut pairs, Target::F1).score;
                let given = pairs.iter().filter(|pair| pair.0 > threshold).count();
                let hits = pairs.iter().filter(|pair| pair.0 > threshold && pair.1).count();
                [hits, given + pairs.iter().filter(|pair| pair.1).count()]
            })
            .collect();
        let f1 = |hits: usize, either: usize| 2.0 * hits as f64 / either.max(1) as f64;
        let micro = f1(counts.iter().map(|c| c[0]).sum(), counts.iter().map(|c| c[1]).sum());
        let occurring = counts.iter().filter(|c| c[1] > 0);
        let macro_average =
            occurring.clone().map(|c| f1(c[0], c[1])).sum::<f64>() / occurring.count().max(1) as f64;
        0.75 * micro + 0.25 * macro_average
    }

    /// The decision that fits the scores, and what it reaches on them topic by topic.
    pub fn decide(&self, prepared: &Prepared, settings: &TrainSettings) -> (Decision, Vec<TopicReport>) {
        let topics = prepared.topics.len();
        let mut articles = vec![0_u64; topics];
        prepared.targets.iter().flatten().for_each(|&topic| articles[topic as usize] += 1);
        let (scalings, bend) = match self.calibration(prepared) {
            calibration @ Calibration::Softmax(_) => {
                let reports = self.report_single(prepared, &articles);
                return (
                    Decision { calibration, thresholds: vec![0.0; topics], at_least_one: true },
                    reports,
                );
            }
            Calibration::Platt { scalings, bend } => (scalings, bend),
        };
        let found: Vec<Threshold> = (0..topics)
            .into_par_iter()
            .map(|topic| {
                let mut pairs = self.pairs(prepared, topic);
                pairs.iter_mut().for_each(|pair| pair.0 = bend.apply(scalings[topic].log_odds(pair.0)));
                match target_of(&prepared.topics[topic], settings) {
                    Target::F1 => threshold::smooth(&mut pairs),
                    target => threshold::find(&mut pairs, target),
                }
            })
            .collect();
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
            calibration: Calibration::Platt { scalings, bend },
            thresholds: found.iter().map(|threshold| probability_of(threshold.score)).collect(),
            at_least_one: settings.at_least_one,
        };
        (decision, reports)
    }

    /// The way from scores to probabilities that fits the scores.
    pub fn calibration(&self, prepared: &Prepared) -> Calibration {
        if prepared.task == Task::Single {
            let rows = self.rows.iter().zip(&self.scores);
            let rows = rows.map(|(&row, scores)| (&scores[..], prepared.targets[row as usize][0]));
            return Calibration::Softmax(Softmax::fit(rows));
        }
        let pooled = Platt::fit(&self.pooled(prepared, |_, score| score), None);
        let prior = Prior { scaling: pooled, strength: PRIOR_ARTICLES };
        let scalings: Vec<Platt> = (0..prepared.topics.len())
            .into_par_iter()
            .map(|topic| Platt::fit(&self.pairs(prepared, topic), Some(prior)))
            .collect();
        let bend = Bend::fit(&self.pooled(prepared, |topic, score| scalings[topic].log_odds(score)));
        Calibration::Platt { scalings, bend }
    }

    /// The scores of the articles that `stays` admits.
    pub fn only(&self, stays: impl Fn(usize) -> bool) -> OutOfFold {
        let staying = self.rows.iter().zip(&self.scores).filter(|(row, _)| stays(**row as usize));
        let (rows, scores) = staying.map(|(&row, scores)| (row, scores.clone())).unzip();
        OutOfFold { rows, scores }
    }

    /// A sample of the pairs of all topics: all that have the topic, and of the others so many that a corpus of
    /// thousands of topics takes no longer than one of twenty.
    fn pooled(&self, prepared: &Prepared, of: impl Fn(usize, f32) -> f32) -> Vec<(f32, bool)> {
        let topics = prepared.topics.len();
        let stride = (self.rows.len() * topics).div_ceil(POOLED_PAIRS).max(1);
        let mut pairs = Vec::new();
        let mut at = 0;
        for (&row, scores) in self.rows.iter().zip(&self.scores) {
            for (topic, &score) in scores.iter().enumerate() {
                at += 1;
                if at % stride == 0 {
                    pairs.push((of(topic, score), prepared.labels.has(row as usize, topic)));
                }
            }
        }
        pairs
    }

    fn report_single(&self, prepared: &Prepared, articles: &[u64]) -> Vec<TopicReport> {
        let mut counts = vec![[0_u64; 2]; articles.len()];
        for (&row, scores) in self.rows.iter().zip(&self.scores) {
            let own = prepared.targets[row as usize][0] as usize;
            let given = (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b]).then(b.cmp(&a)));
            let given = given.unwrap_or(own);
            counts[given][0] += 1;
            counts[own][1] += u64::from(given == own);
        }
        let f1 = |at: usize| 2.0 * counts[at][1] as f32 / ((counts[at][0] + articles[at]) as f32).max(1.0);
        (0..articles.len())
            .map(|at| TopicReport { articles: articles[at], f1: f1(at), guarded: false })
            .collect()
    }
}

/// How many articles of a topic it takes to weigh as much as what holds for all topics.
const PRIOR_ARTICLES: f64 = 10.0;

/// How many pairs tell what holds for all topics.
const POOLED_PAIRS: usize = 500_000;

fn target_of(topic: &Topic, settings: &TrainSettings) -> Target {
    settings.topic_targets.get(topic).copied().unwrap_or(settings.target)
}
