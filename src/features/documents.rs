//! Articles as numbers: the term of every token, in order.

use super::bags::Lists;

/// The tokens of a corpus, as terms.
///
/// Every token is kept, those that are no term of the vocabulary as [`Documents::UNKNOWN`]: the lead is counted
/// in tokens, whether known or not.
#[derive(Debug, Clone, Default)]
pub struct Documents {
    pub(super) tokens: Vec<u32>,
    /// Where each article starts in `tokens`; one more at the end.
    pub(super) starts: Vec<usize>,
    /// How many of each article's tokens are its title.
    pub(super) titles: Vec<u32>,
    /// The n-grams of two words or more; empty where there are none.
    pub(super) ngrams: Vec<u32>,
    /// Where each article starts in `ngrams`; one more at the end.
    pub(super) ngram_starts: Vec<usize>,
    /// For each token of the title and of the opening of the text the pair that ends there, or [`Documents::UNKNOWN`]; no
    /// lists where there are no such terms.
    pub(super) opening_pairs: Lists<u32>,
}

impl Documents {
    /// A token that is no term.
    pub const UNKNOWN: u32 = u32::MAX;

    /// How many articles there are.
    pub fn len(&self) -> usize {
        self.titles.len()
    }

    /// Whether there are no articles.
    pub fn is_empty(&self) -> bool {
        self.titles.is_empty()
    }

    /// The terms of the title of article `row`.
    pub fn title(&self, row: usize) -> &[u32] {
        &self.tokens[self.starts[row]..][..self.titles[row] as usize]
    }

    /// The terms of what is below the title of article `row`.
    pub fn text(&self, row: usize) -> &[u32] {
        &self.tokens[self.starts[row]..self.starts[row + 1]][self.titles[row] as usize..]
    }

    /// The terms of title and text of article `row`.
    pub fn all(&self, row: usize) -> &[u32] {
        &self.tokens[self.starts[row]..self.starts[row + 1]]
    }

    /// The n-grams of two words or more of article `row`.
    pub fn ngrams(&self, row: usize) -> &[u32] {
        match (self.ngram_starts.get(row), self.ngram_starts.get(row + 1)) {
            (Some(&start), Some(&end)) => &self.ngrams[start..end],
            _ => &[],
        }
    }

    /// For each token of the title and of the opening of the text of article `row`, the pair of words that ends there, or
    /// [`Documents::UNKNOWN`]; empty where pairs are no terms.
    pub fn opening_pairs(&self, row: usize) -> &[u32] {
        if row < self.opening_pairs.len() { self.opening_pairs.of(row) } else { &[] }
    }
}
