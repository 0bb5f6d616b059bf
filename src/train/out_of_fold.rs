//! The scores of articles by fits that had not seen them.

use std::ops::{Range, RangeInclusive};

use rayon::prelude::*;

use super::by_topic::ByTopic;
use super::candidate::{Candidate, FitOptions, Fitted};
use super::prepare::{Prepared, stays};
use super::trainer::{Step, Tell};
use super::view::View;
use super::{Effort, TrainSettings};
use crate::decide::{ArticleScores, SecondStage, Softmax, Target, threshold};
use crate::features::{Records, TopicCounts};
use crate::learn::{Duals, Labels, Weights};
use crate::{Result, Task};

/// What is learned without each fold, and from what.
#[derive(Clone, Copy)]
pub(super) struct Learner<'a> {
    pub prepared: &'a Prepared,
    pub view: &'a View,
    pub candidate: &'a Candidate,
    pub how: FitOptions,
    /// Nothing is learned from the articles that are true here; they are scored like the others. Empty: none.
    pub left_out: &'a [bool],
    /// Whether the articles are scored by log ratios too, to be blended in.
    pub blends: bool,
    /// Hears of each fit to a portion of the topics.
    pub tell: Tell<'a>,
}

/// Scores of the articles of some folds.
#[derive(Default, Clone)]
pub(super) struct OutOfFold {
    /// The articles.
    pub rows: Vec<u32>,
    /// The scores of each.
    pub scores: Vec<ArticleScores>,
    /// What log ratios say of each, where they are to be blended in.
    pub ratios: Vec<ArticleScores>,
    /// For each fold, the solution without it, from which that of a similar candidate starts.
    pub duals: Vec<Duals>,
}

impl Learner<'_> {
    /// Scores the articles of `folds`. All that is learned is learned again without the fold; `starts`, by number of fold,
    /// only tells the solver where to begin.
    pub fn out_of_fold(&self, folds: Range<u8>, starts: &[Duals]) -> Result<OutOfFold> {
        let start = |fold: u8| starts.get(usize::from(fold)).unwrap_or(&Duals::None);
        let mut all = OutOfFold::default();
        for part in self.fold_by_fold(folds, |fold| self.one_fold(fold, start(fold))) {
            all.append(part?);
        }
        Ok(all)
    }

    /// What `of` makes of each of `folds`. Where the records of a fold take much memory, there is one such at a time.
    pub fn fold_by_fold<T: Send>(&self, folds: Range<u8>, of: impl Fn(u8) -> T + Send + Sync) -> Vec<T> {
        let folds: Vec<u8> = folds.collect();
        if self.view.is_large() {
            return folds.into_iter().map(of).collect();
        }
        folds.into_par_iter().map(of).collect()
    }

    /// Whether an article is learned from when `fold` is to be scored.
    pub fn outside(&self, fold: u8) -> impl Fn(usize) -> bool {
        let Learner { prepared, left_out, .. } = *self;
        move |row| prepared.fold[row] != fold && stays(left_out, row)
    }

    /// What columns are worth by the articles that are `taken`, and where log ratios are blended in, what these are made of.
    pub fn column_weights(&self, taken: impl Fn(usize) -> bool) -> (Vec<f32>, Option<TopicCounts>) {
        let Learner { prepared, view, candidate, blends, .. } = *self;
        if !blends {
            return (view.weights(prepared, candidate, taken), None);
        }
        let counts = view.count(prepared, taken);
        (view.weights_of(&counts, candidate), Some(counts))
    }

    /// Scores the articles of `fold`.
    fn one_fold(&self, fold: u8, start: &Duals) -> Result<OutOfFold> {
        self.without(fold, self.prepared.split(fold).1, start)
    }

    /// Scores the articles `rows` by what the articles outside `fold` teach.
    pub fn without(&self, fold: u8, rows: Vec<u32>, start: &Duals) -> Result<OutOfFold> {
        let learner = Learner { how: self.how.loose(), ..*self };
        let Learner { prepared, left_out, .. } = learner;
        let mut seen = prepared.split(fold).0;
        seen.retain(|&row| stays(left_out, row as usize));
        let (records, ratios) = learner.records_and_ratios(fold, &rows);
        let mut scores = vec![ArticleScores::default(); rows.len()];
        let mut duals = Duals::None;
        for portion in prepared.portions() {
            let first = portion.start as u32;
            let fitted = learner.fit(&records, portion, &seen, start)?;
            scores.par_iter_mut().zip(&rows).with_min_len(64).for_each(|(scores, &row)| {
                scores.add(first, &fitted.weights.scores(&records, row as usize));
            });
            duals = fitted.duals;
            (self.tell)(Step::Fitted);
        }
        let kept = prepared.portions().len() == 1 && duals.bytes() <= KEPT_BYTES;
        let duals = vec![if kept { duals } else { Duals::None }];
        Ok(OutOfFold { rows, scores, ratios, duals })
    }

    /// Learns the topics of `portion` from `rows`. Where topics come in portions, weights that are next to nothing are let
    /// go, here as in the model, so that scores mean the same in both.
    pub fn fit(
        &self,
        records: &Records,
        portion: Range<usize>,
        rows: &[u32],
        start: &Duals,
    ) -> Result<Fitted> {
        let Learner { prepared, candidate, how, .. } = *self;
        let all = portion.len() == prepared.topics.len();
        let labels = Labels::of(&prepared.targets, portion);
        let fitted = candidate.fit(records, &labels, rows, if all { start } else { &Duals::None }, how)?;
        if all { Ok(fitted) } else { Ok(Fitted { weights: fitted.weights.pruned(NOTHING), ..fitted }) }
    }
}

/// Weights below this share of a topic's largest are next to nothing. A topic has weights in as many columns as its articles,
/// and those that could be mistaken for its, have words.
const NOTHING: f32 = 0.01;

/// With two topics there is nothing to correct, and with very many it takes longer than all the rest.
const SECOND_STAGE_TOPICS: RangeInclusive<usize> = 3..=64;

/// In how many parts the folds are put for second stages: with more they cost more and fit no better.
const PARTS: u8 = 3;

impl OutOfFold {
    /// The weights of the fit to all articles and these scores, corrected by what topics say of each other, where that pays.
    pub fn correct(
        self,
        prepared: &Prepared,
        settings: &TrainSettings,
        weights: Weights,
    ) -> (Weights, OutOfFold) {
        if !second_stage_pays(prepared, settings) {
            return (weights, self);
        }
        let (stage, scores) =
            rayon::join(|| self.second_stage(prepared, &[], None), || self.cross_corrected(prepared, &[]));
        let bias = weights.columns() - 1;
        let weights =
            weights.map(
                |column, weights| {
                    if column == bias { stage.apply(weights) } else { stage.apply_to_weights(weights) }
                },
            );
        (weights, scores)
    }

    /// These scores, corrected by what topics say of each other, where that pays.
    pub fn corrected(self, prepared: &Prepared, settings: &TrainSettings, left_out: &[bool]) -> OutOfFold {
        if second_stage_pays(prepared, settings) { self.cross_corrected(prepared, left_out) } else { self }
    }

    /// The second stage that fits the scores of all articles but those of the `part`-th of the folds and those `left_out`.
    fn second_stage(&self, prepared: &Prepared, left_out: &[bool], part: Option<u8>) -> SecondStage {
        let seen =
            |row: usize| part.is_none_or(|part| prepared.fold[row] % PARTS != part) && stays(left_out, row);
        let rows = self.rows.iter().zip(&self.scores).filter(|(row, _)| seen(**row as usize));
        let rows: Vec<(&[f32], u32)> =
            rows.map(|(&row, scores)| (scores.scores(), prepared.targets[row as usize][0])).collect();
        SecondStage::fit(&rows)
    }

    /// These scores, those of each part of the folds corrected by a second stage that has not seen it.
    fn cross_corrected(&self, prepared: &Prepared, left_out: &[bool]) -> OutOfFold {
        let stages: Vec<SecondStage> = (0..PARTS.min(prepared.folds))
            .into_par_iter()
            .map(|part| self.second_stage(prepared, left_out, Some(part)))
            .collect();
        let mut corrected = OutOfFold { duals: Vec::new(), ..self.clone() };
        for (&row, scores) in corrected.rows.iter().zip(&mut corrected.scores) {
            stages[usize::from(prepared.fold[row as usize] % PARTS)].apply(scores.scores_mut());
        }
        corrected
    }

    /// Adds the scores of further folds.
    pub fn append(&mut self, further: OutOfFold) {
        self.rows.extend(further.rows);
        self.scores.extend(further.scores);
        self.ratios.extend(further.ratios);
        self.duals.extend(further.duals);
    }

    /// The scores of the articles that `stays` admits.
    pub fn only(&self, stays: impl Fn(usize) -> bool) -> OutOfFold {
        let staying = self.rows.iter().zip(&self.scores).filter(|(row, _)| stays(**row as usize));
        let (rows, scores) = staying.map(|(&row, scores)| (row, scores.clone())).unzip();
        OutOfFold { rows, scores, ..OutOfFold::default() }
    }

    /// The scores of each article and the place of its own topic among them, where articles have exactly one. An article whose
    /// topic did not come into question is left out.
    pub fn with_own_topic(&self, prepared: &Prepared) -> Vec<(&[f32], u32)> {
        let rows = self.rows.iter().zip(&self.scores);
        rows.filter_map(|(&row, scores)| {
            let own = scores.place_of(prepared.targets[row as usize][0])?;
            Some((scores.scores(), own as u32))
        })
        .collect()
    }

    /// How good the scores are. Where an article has exactly one topic, the geometric mean of the probability of that; else
    /// three quarters of micro-F1 and one of macro-F1, with the best threshold for each topic: rare topics count, but do not
    /// decide.
    pub fn figure(&self, prepared: &Prepared) -> f64 {
        if prepared.task == Task::Single {
            return Softmax::likelihood_of(self.with_own_topic(prepared).into_iter());
        }
        let by_topic = ByTopic::new(self, prepared);
        let counts: Vec<[usize; 2]> = (0..prepared.topics.len())
            .into_par_iter()
            .map(|topic| {
                let mut pairs = by_topic.pairs(topic);
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
}

fn second_stage_pays(prepared: &Prepared, settings: &TrainSettings) -> bool {
    prepared.task == Task::Single
        && settings.effort != Effort::Fast
        && SECOND_STAGE_TOPICS.contains(&prepared.topics.len())
}

/// Larger solutions are not kept: with thousands of topics, starting anew is cheaper than the memory.
const KEPT_BYTES: usize = 32 << 20;
