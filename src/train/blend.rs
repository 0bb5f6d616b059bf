//! Naive Bayes beside the classifier: its log ratios, blended into the weights as far as they help on articles not seen.

use rayon::prelude::*;

use super::candidate::Candidate;
use super::out_of_fold::{Learner, OutOfFold};
use super::prepare::{Prepared, stays};
use super::{Classifier, TrainSettings};
use crate::Task;
use crate::decide::{ArticleScores, Blend, blend};
use crate::features::Records;
use crate::learn::log_ratios;

/// Whether there are log ratios beside what `candidate` learns. They say which of the topics is likelier, not whether there is
/// one: where articles have several topics or none, they do not pay. With very many topics they would take more memory than
/// all else, for a word has a ratio for every topic.
pub(super) fn blends(prepared: &Prepared, settings: &TrainSettings, candidate: &Candidate) -> bool {
    let discriminative = matches!(candidate.classifier, Classifier::Svm | Classifier::Logistic);
    settings.log_ratios && discriminative && prepared.task == Task::Single && prepared.portions().len() == 1
}

impl Learner<'_> {
    /// The records of all articles as those that are `taken` have it, and what their log ratios say of the articles `rows`.
    pub fn ratio_scores(&self, rows: &[u32], taken: impl Fn(usize) -> bool) -> (Records, Vec<ArticleScores>) {
        let Learner { prepared, view, candidate, .. } = *self;
        let counts = view.count(prepared, taken);
        let records = view.records(candidate, &counts.weights(candidate.weighting));
        let weights = log_ratios(&counts);
        let score = |&row: &u32| ArticleScores::of(&weights.scores(&records, row as usize));
        let scores = rows.par_iter().with_min_len(64).map(score).collect();
        (records, scores)
    }

    /// What log ratios say of the articles of the first `folds` folds, those of each by ratios that have not seen it.
    pub fn ratios_out_of_fold(&self, folds: u8) -> Vec<ArticleScores> {
        let Learner { prepared, left_out, .. } = *self;
        let of_fold = |fold: &u8| {
            let taken = |row: usize| prepared.fold[row] != *fold && stays(left_out, row);
            self.ratio_scores(&prepared.split(*fold).1, taken).1
        };
        let folds: Vec<u8> = (0..folds).collect();
        let some = |folds: &[u8]| folds.par_iter().map(of_fold).collect::<Vec<_>>();
        folds.chunks(self.folds_at_once()).flat_map(some).flatten().collect()
    }
}

impl OutOfFold {
    /// These scores with as much of what log ratios say as makes the topics likeliest, and how much that is.
    pub fn blended(mut self, prepared: &Prepared, left_out: &[bool]) -> (OutOfFold, Blend) {
        if self.ratios.is_empty() {
            return (self, Blend::default());
        }
        let own = |row: u32| prepared.targets[row as usize][0];
        let rows = self.rows.iter().zip(&self.scores).zip(&self.ratios);
        let seen = rows.filter(|((row, _), _)| stays(left_out, **row as usize));
        let seen: Vec<(&[f32], &[f32], u32)> =
            seen.map(|((&row, scores), ratios)| (scores.scores(), ratios.scores(), own(row))).collect();
        let found = blend(&seen);
        for (scores, ratios) in self.scores.iter_mut().zip(std::mem::take(&mut self.ratios)) {
            let both = scores.scores_mut().iter_mut().zip(ratios.scores());
            both.for_each(|(score, ratio)| *score += found.share * ratio);
        }
        (self, found)
    }
}
