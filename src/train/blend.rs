//! Naive Bayes beside the classifier: its log ratios, blended into the weights as far as they help on articles not seen.

use rayon::prelude::*;

use super::TrainSettings;
use super::candidate::Candidate;
use super::out_of_fold::{Learner, OutOfFold};
use super::prepare::{Prepared, stays};
use crate::Task;
use crate::decide::{ArticleScores, Blend, blend};
use crate::features::Records;
use crate::learn::log_ratios;

/// Whether there are log ratios beside what `candidate` learns. They say which of the topics is likelier, not whether there is
/// one: where articles have several topics or none, they do not pay. With very many topics they would take more memory than
/// all else, for a word has a ratio for every topic.
pub(super) fn blends(prepared: &Prepared, settings: &TrainSettings, candidate: &Candidate) -> bool {
    let discriminative = candidate.classifier.is_discriminative();
    settings.log_ratios && discriminative && prepared.task == Task::Single && prepared.portions().len() == 1
}

impl Learner<'_> {
    /// The records of all articles as those outside `fold` have it, and where log ratios are blended in, what these say of the
    /// articles `rows`.
    pub fn records_and_ratios(&self, fold: u8, rows: &[u32]) -> (Records, Vec<ArticleScores>) {
        let (weights, counts) = self.column_weights(self.outside(fold));
        let records = self.view.records(self.candidate, &weights);
        let Some(counts) = counts else { return (records, Vec::new()) };
        let ratios = log_ratios(&counts, self.view.columns.words());
        let score = |&row: &u32| ArticleScores::of(&ratios.scores(&records, row as usize));
        let scores = rows.par_iter().with_min_len(64).map(score).collect();
        (records, scores)
    }

    /// What log ratios say of the articles of the first `folds` folds, those of each by ratios that have not seen it; nothing
    /// where they are not blended in.
    pub fn ratios_out_of_fold(&self, folds: u8) -> Vec<ArticleScores> {
        if !self.blends {
            return Vec::new();
        }
        let of_fold = |fold: u8| self.records_and_ratios(fold, &self.prepared.split(fold).1).1;
        self.fold_by_fold(0..folds, of_fold).into_iter().flatten().collect()
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
