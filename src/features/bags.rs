//! Articles as bags of terms.

use std::ops::Range;

use rayon::prelude::*;

use super::character_ngrams::UNIT;
use super::{CharacterNgrams, Documents, damped};

/// The distinct terms of each article and how often it has them, and its title and the opening of its text word by word:
/// what every choice of fields is counted from.
#[derive(Debug, Clone, Default)]
pub struct Bags {
    /// The terms of each article in ascending order, n-grams among them.
    pub(super) terms: Lists<u32>,
    /// How often the article has each of `terms`; of a character n-gram, [`UNIT`] times what its words count.
    pub(super) counts: Vec<u16>,
    /// How many of the terms, the last, are character n-grams.
    pub(super) character_ngrams: usize,
    /// The tokens of each title, and then those of the opening; those that are no term as [`Documents::UNKNOWN`].
    openings: Lists<u32>,
    /// How many of the tokens in `openings` are the title.
    titles: Vec<u32>,
    /// The pairs of words that end at the first tokens of the title and of the text; empty lists where they are no terms.
    pairs: Lists<u32>,
}

/// A list for each article, one after the other.
#[derive(Debug, Clone)]
pub(super) struct Lists<T> {
    pub all: Vec<T>,
    /// Where each list starts in `all`; one more at the end.
    pub starts: Vec<usize>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Lists { all: Vec::new(), starts: vec![0] }
    }
}

impl<T: Copy> Lists<T> {
    pub fn range(&self, row: usize) -> Range<usize> {
        self.starts[row]..self.starts[row + 1]
    }

    pub fn of(&self, row: usize) -> &[T] {
        &self.all[self.range(row)]
    }

    /// How many lists there are.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    pub fn extend(&mut self, list: impl Iterator<Item = T>) {
        self.all.extend(list);
        self.starts.push(self.all.len());
    }

    fn push(&mut self, list: &[T]) {
        self.all.extend_from_slice(list);
        self.starts.push(self.all.len());
    }

    pub fn append(&mut self, further: &Lists<T>) {
        let offset = self.all.len();
        self.starts.extend(further.starts[1..].iter().map(|start| offset + start));
        self.all.extend_from_slice(&further.all);
    }
}

/// Articles counted by a worker at a time.
const CHUNK: usize = 128;

/// Articles that are counted before what workers found is put together, so that it is not held twice.
const GROUP: usize = 64 * CHUNK;

impl Bags {
    /// Counts the `terms` terms of `documents`, and keeps no more than `opening` tokens of each text in their order.
    pub fn new(documents: &Documents, terms: usize, opening: u32) -> Bags {
        let rows: Vec<usize> = (0..documents.len()).collect();
        let mut bags = Bags::default();
        for group in rows.chunks(GROUP) {
            let parts: Vec<Bags> = group
                .par_chunks(CHUNK)
                .map_init(
                    || vec![0; terms],
                    |scratch, rows| {
                        let mut part = Bags::default();
                        rows.iter().for_each(|&row| part.count(documents, row, opening, scratch));
                        part
                    },
                )
                .collect();
            parts.iter().for_each(|part| bags.append(part));
        }
        bags
    }

    /// Adds article `row` of `documents`. `scratch` has a 0 for each term, before and after.
    fn count(&mut self, documents: &Documents, row: usize, opening: u32, scratch: &mut [u16]) {
        let start = self.terms.all.len();
        for &term in documents.all(row).iter().chain(documents.ngrams(row)) {
            if term != Documents::UNKNOWN {
                let count = &mut scratch[term as usize];
                if *count == 0 {
                    self.terms.all.push(term);
                }
                *count = count.saturating_add(1);
            }
        }
        let terms = &mut self.terms.all[start..];
        terms.sort_unstable();
        self.counts.extend(terms.iter().map(|&term| std::mem::take(&mut scratch[term as usize])));
        self.terms.starts.push(self.terms.all.len());
        let title = documents.title(row).len();
        let tokens = documents.all(row);
        self.openings.push(&tokens[..tokens.len().min(title + opening as usize)]);
        self.titles.push(title as u32);
        self.pairs.push(documents.opening_pairs(row));
    }

    /// The same with the character n-grams of the words as further terms, numbered from `words` on.
    #[must_use]
    pub fn with_character_ngrams(mut self, ngrams: &CharacterNgrams, words: usize) -> Bags {
        let rows: Vec<usize> = (0..self.len()).collect();
        let counted: Vec<Vec<(u32, u16)>> = rows
            .par_iter()
            .with_min_len(CHUNK)
            .map_init(|| vec![0.0; ngrams.len()], |sums, &row| self.count_character_ngrams(row, ngrams, sums))
            .collect();
        let (terms, counts) = (std::mem::take(&mut self.terms), std::mem::take(&mut self.counts));
        self.character_ngrams = ngrams.len();
        for (row, of_ngrams) in counted.into_iter().enumerate() {
            let of_words = terms.of(row).iter().copied();
            self.terms.extend(of_words.chain(of_ngrams.iter().map(|&(ngram, _)| words as u32 + ngram)));
            self.counts.extend_from_slice(&counts[terms.range(row)]);
            self.counts.extend(of_ngrams.iter().map(|&(_, count)| count));
        }
        self
    }

    /// The character n-grams of article `row` and their counts. `sums` has a 0 for each n-gram, before and after.
    fn count_character_ngrams(
        &self,
        row: usize,
        ngrams: &CharacterNgrams,
        sums: &mut [f32],
    ) -> Vec<(u32, u16)> {
        let mut found: Vec<u32> = Vec::new();
        for (&term, &count) in self.terms.of(row).iter().zip(&self.counts[self.terms.range(row)]) {
            for &ngram in ngrams.of(term as usize) {
                let sum = &mut sums[ngram as usize];
                if *sum == 0.0 {
                    found.push(ngram);
                }
                *sum += damped(count.into());
            }
        }
        found.sort_unstable();
        // A cast of what is larger gives the largest there is.
        let count = |&ngram: &u32| (ngram, (std::mem::take(&mut sums[ngram as usize]) * UNIT).round() as u16);
        found.iter().map(count).collect()
    }

    fn append(&mut self, further: &Bags) {
        self.terms.append(&further.terms);
        self.counts.extend_from_slice(&further.counts);
        self.openings.append(&further.openings);
        self.titles.extend_from_slice(&further.titles);
        self.pairs.append(&further.pairs);
    }

    /// How many articles there are.
    pub fn len(&self) -> usize {
        self.titles.len()
    }

    /// Whether there are no articles.
    pub fn is_empty(&self) -> bool {
        self.titles.is_empty()
    }

    /// The terms of the title of article `row`, each as often as it stands there: words, and pairs of words where these are
    /// terms of openings.
    pub fn title(&self, row: usize) -> impl Iterator<Item = u32> {
        let title = self.titles[row] as usize;
        let pairs = self.pairs.of(row);
        known(&self.openings.of(row)[..title]).chain(known(&pairs[..title.min(pairs.len())]))
    }

    /// The same for the first `tokens` tokens of the text, or as many as were kept.
    pub fn lead(&self, row: usize, tokens: u32) -> impl Iterator<Item = u32> {
        let title = self.titles[row] as usize;
        let opening = |list: &'_ [u32]| title.min(list.len())..list.len().min(title + tokens as usize);
        let (words, pairs) = (self.openings.of(row), self.pairs.of(row));
        known(&words[opening(words)]).chain(known(&pairs[opening(pairs)]))
    }

    /// The distinct pairs of words of the opening of article `row`, in ascending order, all of them behind its words.
    pub(super) fn opening_pairs(&self, row: usize) -> Vec<u32> {
        let mut pairs: Vec<u32> = known(self.pairs.of(row)).collect();
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }

    /// Whether each of the `terms` terms stands in the body: all but pairs of words of openings do.
    pub(super) fn in_body(&self, terms: usize) -> Vec<bool> {
        let mut in_body = vec![true; terms];
        known(&self.pairs.all).for_each(|pair| in_body[pair as usize] = false);
        in_body
    }

    /// The articles `rows`, in that order.
    ///
    /// # Panics
    ///
    /// Where there is no such row.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Bags {
        let mut selected = Bags { character_ngrams: self.character_ngrams, ..Bags::default() };
        for &row in rows {
            selected.terms.push(self.terms.of(row));
            selected.counts.extend_from_slice(&self.counts[self.terms.range(row)]);
            selected.openings.push(self.openings.of(row));
            selected.titles.push(self.titles[row]);
            selected.pairs.push(self.pairs.of(row));
        }
        selected
    }

    /// The same with every term under the number that `number` has for it, which must keep their order; those for which that
    /// is [`Documents::UNKNOWN`] are terms no more.
    #[must_use]
    pub(crate) fn renumbered(&self, number: &[u32]) -> Bags {
        let new = |term: u32| number.get(term as usize).copied().unwrap_or(Documents::UNKNOWN);
        let mut renumbered = Bags::default();
        for row in 0..self.len() {
            let counted = self.terms.of(row).iter().zip(&self.counts[self.terms.range(row)]);
            for (&term, &count) in counted.filter(|(term, _)| new(**term) != Documents::UNKNOWN) {
                renumbered.terms.all.push(new(term));
                renumbered.counts.push(count);
            }
            renumbered.terms.starts.push(renumbered.terms.all.len());
            renumbered.openings.extend(self.openings.of(row).iter().map(|&term| new(term)));
            renumbered.titles.push(self.titles[row]);
            renumbered.pairs.extend(self.pairs.of(row).iter().map(|&pair| new(pair)));
        }
        renumbered
    }
}

/// Those of `terms` that are terms.
fn known(terms: &[u32]) -> impl Iterator<Item = u32> {
    terms.iter().copied().filter(|&term| term != Documents::UNKNOWN)
}
