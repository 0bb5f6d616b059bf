//! Articles as numbers: the term of every token, in order.

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

    /// The articles `rows`, in that order.
    ///
    /// # Panics
    ///
    /// Where there is no such row.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Documents {
        let mut selected = Documents { starts: vec![0], ngram_starts: vec![0], ..Documents::default() };
        for &row in rows {
            selected.tokens.extend(self.all(row));
            selected.starts.push(selected.tokens.len());
            selected.titles.push(self.titles[row]);
            selected.ngrams.extend(self.ngrams(row));
            selected.ngram_starts.push(selected.ngrams.len());
        }
        selected
    }

    /// Gives every term the number that `number` has for it; where that is [`Documents::UNKNOWN`], it is a term no more.
    pub(crate) fn renumber(&mut self, number: &[u32]) {
        for token in self.tokens.iter_mut().filter(|token| **token != Documents::UNKNOWN) {
            *token = number[*token as usize];
        }
        let ngrams = std::mem::take(&mut self.ngrams);
        let starts = std::mem::take(&mut self.ngram_starts);
        for (row, start) in starts.iter().enumerate() {
            self.ngram_starts.push(self.ngrams.len());
            let end = starts.get(row + 1).unwrap_or(start);
            let of_row = ngrams[*start..*end].iter().map(|&ngram| number[ngram as usize]);
            self.ngrams.extend(of_row.filter(|&ngram| ngram != Documents::UNKNOWN));
        }
    }

    /// The n-grams of two words or more of article `row`.
    pub fn ngrams(&self, row: usize) -> &[u32] {
        match (self.ngram_starts.get(row), self.ngram_starts.get(row + 1)) {
            (Some(&start), Some(&end)) => &self.ngrams[start..end],
            _ => &[],
        }
    }
}
