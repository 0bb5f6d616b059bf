//! The corpus under one choice of fields.

use std::ops::Range;

use super::Candidate;
use super::prepare::Prepared;
use crate::features::{
    ColumnTopics, Columns, Counts, FieldWeights, NGRAM_SHARE, Records, TermColumns, TopicCounts,
};

/// More values than this are many.
const LARGE: usize = 20_000_000;

/// The counts under one choice of fields, and where columns occur.
pub(super) struct View {
    pub columns: Columns,
    fields: FieldWeights,
    counts: Counts,
    column_topics: ColumnTopics,
    /// The columns of n-grams of words.
    ngrams: Range<usize>,
}

impl View {
    pub fn new(prepared: &Prepared, fields: &FieldWeights) -> View {
        let columns = Columns::new(&prepared.bags, prepared.terms, fields, prepared.min_articles);
        let counts = Counts::new(&prepared.bags, &columns, fields);
        let column_topics = ColumnTopics::new(&counts);
        let first = |term: usize| columns.of_terms().get(term).map(|&of| TermColumns(of).first() as usize);
        let [start, end] =
            [prepared.ngrams.start, prepared.ngrams.end].map(|term| first(term).unwrap_or(columns.len()));
        View { columns, fields: *fields, counts, column_topics, ngrams: start..end }
    }

    /// Whether the counts are the same with `fields`, which may weigh other than those that the view was made for.
    pub fn serves(&self, fields: &FieldWeights) -> bool {
        let same = |a: f32, b: f32| (a > 0.0) == (b > 0.0);
        same(fields.lead, self.fields.lead)
            && same(fields.title, self.fields.title)
            && fields.lead_tokens == self.fields.lead_tokens
    }

    /// Whether records of it take much memory.
    pub fn is_large(&self) -> bool {
        self.counts.stored() > LARGE
    }

    /// What is counted of the articles that are `taken`.
    pub fn count(&self, prepared: &Prepared, taken: impl Fn(usize) -> bool) -> TopicCounts {
        self.column_topics.counts(&prepared.targets, prepared.topics.len(), taken)
    }

    /// What columns are worth by the articles that are `taken`.
    pub fn weights(
        &self,
        prepared: &Prepared,
        candidate: &Candidate,
        taken: impl Fn(usize) -> bool,
    ) -> Vec<f32> {
        let (targets, topics) = (&prepared.targets, prepared.topics.len());
        self.shared(self.column_topics.weights(candidate.weighting, targets, topics, taken))
    }

    /// The same by what was counted.
    pub fn weights_of(&self, counts: &TopicCounts, candidate: &Candidate) -> Vec<f32> {
        self.shared(counts.weights(candidate.weighting))
    }

    /// `weights` with n-grams of words worth a part of them.
    fn shared(&self, mut weights: Vec<f32>) -> Vec<f32> {
        weights[self.ngrams.clone()].iter_mut().for_each(|weight| *weight *= NGRAM_SHARE);
        weights
    }

    /// The records of all articles, with columns worth `column_weights`.
    pub fn records(&self, candidate: &Candidate, column_weights: &[f32]) -> Records {
        self.counts.weigh(column_weights, &candidate.fields)
    }
}
