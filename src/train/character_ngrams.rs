//! Character n-grams in training: where they may be, and how words take over what was learned of them.

use super::TrainSettings;
use super::prepare::Words;
use crate::decide::SHORTLIST;
use crate::features::{Columns, Field, SHARE};
use crate::learn::Weights;
use crate::{Error, Result};

/// Whether there are character n-grams beside words where a corpus has so many `topics` and its articles may be `short`; `None`: if
/// words of a single one are terms.
///
/// With very many topics a word has weights for a few alone, and its n-grams for nearly all: words that take over what is learned
/// of these would make a model many times as large.
pub(super) fn character_ngrams(settings: &TrainSettings, short: bool, topics: usize) -> Result<Option<bool>> {
    let never = !short || settings.compact || !settings.classifier.is_discriminative() || topics > SHORTLIST;
    match settings.character_ngrams {
        Some(true) if topics > SHORTLIST => Err(Error::Settings(format!(
            "character-ngrams: the corpus has {topics} topics, and with more than {SHORTLIST} they would make a model too large: \
             leave them out"
        ))),
        None if never => Ok(Some(false)),
        asked => Ok(asked),
    }
}

impl Words {
    /// `weights` with what was learned of its character n-grams added to those of each word, where columns are worth
    /// `column_weights`: articles of words that were learned from have the same scores without their n-grams.
    pub fn take_over(&self, mut weights: Weights, columns: &Columns, column_weights: &[f32]) -> Weights {
        let terms = self.vocabulary.terms.len();
        let body = |term: usize| columns.get(term as u32, Field::Body).map(|column| column as usize);
        for word in 0..terms {
            let Some(to) = body(word).filter(|&to| column_weights[to] > 0.0) else { continue };
            let ngrams = self.vocabulary.character_ngrams.of(word).iter();
            for from in ngrams.filter_map(|&ngram| body(terms + ngram as usize)) {
                weights.add(to, from, SHARE * column_weights[from] / column_weights[to]);
            }
        }
        weights
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::prepare::Prepared;
    use super::super::view::View;
    use super::super::{Candidate, TrainSettings};
    use crate::Article;
    use crate::features::Records;
    use crate::learn::Weights;

    proptest! {
        /// Known words have taken over all that their n-grams would say.
        #[test]
        fn scores_are_the_same_without_ngrams(
            further in prop::collection::vec("((oil|oily|oiler|boil|gas|gases|gasoline) ){1,12}", 2..12),
            values in prop::collection::vec(-1.0_f32..1.0, 400),
        ) {
            let texts = [&["oil oily".to_owned()], &further[..]].concat();
            let article = |(at, text): (usize, &String)| {
                Article::new(at.to_string(), "", text.as_str()).with_topics([["a", "b"][at % 2]])
            };
            let articles: Vec<Article> = texts.iter().enumerate().map(article).collect();
            let settings = TrainSettings { character_ngrams: Some(true), ..TrainSettings::default() };
            let (prepared, words) = Prepared::new(&articles, &settings).unwrap();
            let candidate = Candidate::usual(&settings);
            let view = View::new(&prepared, &candidate.fields);
            let worth = view.weights(&prepared, &candidate, |_| true);
            let of_words = view.columns.words();
            prop_assert!(of_words < worth.len(), "there are n-grams");
            let records = view.records(&candidate, &worth);
            let mut weights = Weights::from_blocks(1, vec![vec![[0.0; 16]; worth.len() + 1]]);
            weights = weights.map(|column, of| of[0] = values[column % values.len()]);
            let with: Vec<f32> = (0..records.len()).map(|row| weights.scores(&records, row)[0]).collect();

            let only_words = |row| records.row(row).filter(|&(column, _)| (column as usize) < of_words).collect();
            let bare = Records::from_rows(worth.len(), (0..records.len()).map(only_words)).unwrap();
            let weights = words.take_over(weights, &view.columns, &worth);
            for (row, with) in with.into_iter().enumerate() {
                let without = weights.scores(&bare, row)[0];
                prop_assert!((with - without).abs() < 0.01 * (1.0 + with.abs()), "{with} and {without}");
            }
        }
    }
}
