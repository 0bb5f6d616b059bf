//! The features of one article, which [`Scorer::score`](super::Scorer) sums up without keeping them.

use super::Scorer;
use crate::features::Field;
use crate::{Article, TermId};

/// A feature of an article: a column, and its value after all norms. The values of an article have length 1, those of the character
/// n-grams of words that are no terms aside.
#[derive(Debug, Clone, Copy)]
pub(super) struct Feature {
    /// The term.
    pub term: TermId,
    /// The field.
    pub field: Field,
    /// The column.
    pub column: u32,
    /// The value.
    pub value: f32,
}

impl Scorer<'_> {
    /// The features of `article`, in the order in which its words first occur.
    pub(super) fn features(&mut self, article: &Article) -> Vec<Feature> {
        self.count(article);
        let mut features = Vec::new();
        let scales = self.take_columns(|term, field, column, value, _| {
            let (term, field) = (TermId(term), Field::ALL[field]);
            features.push(Feature { term, field, column, value });
        });
        features.iter_mut().for_each(|feature| feature.value *= scales[feature.field as usize]);
        features
    }

    /// The features of `article` that are terms, by column and value alone.
    pub(crate) fn columns_and_values(&mut self, article: &Article) -> Vec<(u32, f32)> {
        let mut features = self.features(article);
        features.retain(|feature| (feature.term.0 as usize) < self.words());
        features.iter().map(|feature| (feature.column, feature.value)).collect()
    }
}
