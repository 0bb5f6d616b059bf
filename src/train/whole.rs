//! The last fit, to all articles, and the model that comes of it.

use super::calibrate::Decided;
use super::out_of_fold::{Learner, OutOfFold, stays};
use super::prepare::{Prepared, Words};
use super::{TrainSettings, TrainingReport, Trial};
use crate::corpus::TopicInfo;
use crate::learn::Duals;
use crate::model::{Parts, TopicModel};
use crate::{Result, Task};

/// What goes into a model beside what is learned.
pub(super) struct Whole<'a> {
    pub settings: &'a TrainSettings,
    pub words: &'a Words,
    pub taxonomy: Vec<TopicInfo>,
    pub trials: Vec<Trial>,
}

impl Whole<'_> {
    /// The model that is learned from all articles but those left out, with the decision that fits their out-of-fold `scores`.
    pub fn learn(self, learner: Learner<'_>, scores: OutOfFold) -> Result<TopicModel> {
        let Learner { prepared, view, candidate, how, left_out } = learner;
        let (column_weights, records) = view.records(prepared, candidate, |row| stays(left_out, row));
        let rows: Vec<u32> =
            (0..prepared.len() as u32).filter(|&row| stays(left_out, row as usize)).collect();
        let start = whole_start(prepared, &scores.duals);
        let fitted = candidate.fit(&records, &prepared.labels, &rows, &start, how)?;
        drop(records);
        let scores = if left_out.is_empty() { scores } else { scores.only(|row| stays(left_out, row)) };
        let (weights, scores) = scores.correct(prepared, self.settings, fitted.weights);
        let Decided { decision, reports, curves } = scores.decide(prepared, self.settings);

        let with_topics =
            |count: usize| rows.iter().filter(|&&row| prepared.targets[row as usize].len() == count).count();
        let report = TrainingReport {
            articles: rows.len() as u64,
            with_one_topic: with_topics(1) as u64,
            without_topic: with_topics(0) as u64,
            terms: prepared.terms as u64,
            columns: view.columns.len() as u64,
            chosen: Some(*candidate),
            trials: self.trials,
            figure: if prepared.task == Task::Single { "accuracy" } else { "¾ micro-F1 + ¼ macro-F1" }.into(),
            convergence: fitted.convergence,
            topics: reports,
        };
        TopicModel::from_parts(&Parts {
            settings: self.settings.clone(),
            task: prepared.task,
            analyzer: self.words.analyzer.clone(),
            vocabulary: &self.words.vocabulary,
            columns: &view.columns,
            column_weights: &column_weights,
            fields: candidate.fields,
            weights: &weights,
            topics: prepared.topics.clone(),
            taxonomy: self.taxonomy,
            decision,
            curves,
            report,
        })
    }
}

/// A solution for all articles, near the right one, from those `without_fold`.
fn whole_start(prepared: &Prepared, without_fold: &[Duals]) -> Duals {
    match without_fold {
        [first, second, ..] => first.merge(second, |row| prepared.fold[row] == 0),
        _ => Duals::None,
    }
}

/// For each fold, where its fit starts: from what was found without it, or else from a solution for all articles.
pub(super) fn fold_starts(prepared: &Prepared, mut found: Vec<Duals>) -> Vec<Duals> {
    let whole = whole_start(prepared, &found);
    found.resize(usize::from(prepared.folds), whole);
    found
}
