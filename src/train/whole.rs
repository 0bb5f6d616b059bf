//! The last fit, to all articles, and the model that comes of it.

use super::calibrate::Decided;
use super::out_of_fold::{Learner, OutOfFold};
use super::prepare::{Words, stays};
use super::trainer::Step;
use super::{TrainSettings, TrainingReport, Trial};
use crate::corpus::TopicInfo;
use crate::decide::Blend;
use crate::features::{SHARE, TopicCounts};
use crate::learn::{Convergence, Duals, SparseWeights, Weights, log_ratios};
use crate::model::{PackedWeights, Parts, TopicModel};
use crate::{Result, Task};

/// What goes into a model beside what is learned.
pub(super) struct Whole<'a> {
    pub settings: &'a TrainSettings,
    pub words: &'a Words,
    pub taxonomy: Vec<TopicInfo>,
    pub trials: Vec<Trial>,
}

/// What was learned from all articles.
pub(super) struct WholeFit {
    column_weights: Vec<f32>,
    /// The articles that were learned from.
    rows: Vec<u32>,
    weights: WholeWeights,
    /// What log ratios are made of, where they are blended into the weights.
    counts: Option<TopicCounts>,
    convergence: Convergence,
}

/// The weights of all topics: as they were fitted, or where topics come in portions without those that are next to nothing.
enum WholeWeights {
    All(Weights),
    Sparse(SparseWeights),
}

impl Learner<'_> {
    /// Learns from all articles but those left out.
    pub fn whole(&self) -> Result<WholeFit> {
        let Learner { prepared, view, candidate, left_out, .. } = *self;
        let (column_weights, counts) = self.column_weights(|row| stays(left_out, row));
        let records = view.records(candidate, &column_weights);
        let rows: Vec<u32> =
            (0..prepared.len() as u32).filter(|&row| stays(left_out, row as usize)).collect();
        let mut convergence: Option<Convergence> = None;
        let (mut all, mut sparse) = (None, SparseWeights::default());
        for portion in prepared.portions() {
            let whole = portion.len() == prepared.topics.len();
            let fitted = self.fit(&records, portion, &rows, &Duals::None)?;
            convergence =
                Some(convergence.map_or(fitted.convergence, |so_far| so_far.and(fitted.convergence)));
            (self.tell)(Step::Fitted);
            if whole { all = Some(fitted.weights) } else { sparse.push(&fitted.weights) }
        }
        let weights = all.map_or(WholeWeights::Sparse(sparse), WholeWeights::All);
        let convergence = convergence.unwrap_or_default();
        Ok(WholeFit { column_weights, rows, weights, counts, convergence })
    }
}

impl Whole<'_> {
    /// The model of what was learned, with the decision that fits the out-of-fold `scores`.
    pub fn model(
        self,
        learner: Learner<'_>,
        fit: WholeFit,
        (scores, blend): (OutOfFold, Blend),
    ) -> Result<TopicModel> {
        let Learner { prepared, view, candidate, left_out, .. } = learner;
        let WholeFit { mut column_weights, rows, weights, counts, convergence } = fit;
        let columns = &view.columns;
        (learner.tell)(Step::Deciding);
        let scores = if left_out.is_empty() { scores } else { scores.only(|row| stays(left_out, row)) };
        // Of articles without labels, those that were given some were learned from too.
        let learned_from = rows.len();
        let rows: Vec<u32> =
            rows.into_iter().filter(|&row| stays(&prepared.unlabelled, row as usize)).collect();
        let (weights, scores) = match weights {
            WholeWeights::All(weights) => {
                let weights = self.words.take_over(weights, columns, &column_weights);
                let weights = match counts {
                    Some(counts) => weights.blended(&log_ratios(&counts, columns.words()), blend.share),
                    None => weights,
                };
                let (weights, scores) = scores.correct(prepared, self.settings, weights);
                (PackedWeights::dense(&weights), scores)
            }
            WholeWeights::Sparse(weights) => (PackedWeights::sparse(&weights), scores),
        };
        let Decided { decision, reports, curves } = scores.decide(prepared, self.settings);

        // In a model, what a column is worth is all of it.
        column_weights[columns.words()..].iter_mut().for_each(|worth| *worth *= SHARE);
        let character_ngrams = self.words.vocabulary.character_ngrams.len();
        let with_topics =
            |count: usize| rows.iter().filter(|&&row| prepared.targets[row as usize].len() == count).count();
        let report = TrainingReport {
            articles: rows.len() as u64,
            with_one_topic: with_topics(1) as u64,
            without_topic: with_topics(0) as u64,
            self_labelled: (learned_from - rows.len()) as u64,
            terms: (prepared.terms - character_ngrams) as u64,
            min_articles: prepared.min_articles,
            character_ngrams: character_ngrams as u64,
            columns: columns.words() as u64,
            chosen: Some(*candidate),
            trials: self.trials,
            figure: match prepared.task {
                Task::Single => "geometric mean of the right topic's probability",
                Task::Multi => "¾ micro-F1 + ¼ macro-F1",
            }
            .into(),
            log_ratios: blend.part,
            convergence,
            topics: reports,
        };
        TopicModel::from_parts(&Parts {
            settings: self.settings.clone(),
            task: prepared.task,
            analyzer: self.words.analyzer.clone(),
            vocabulary: &self.words.vocabulary,
            columns,
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
