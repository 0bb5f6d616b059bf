//! Article to scores.

use std::collections::HashMap;
use std::ops::Range;

use super::file::Arrays;
use super::weights::StoredWeights;
use super::{Card, TopicModel};
use crate::features::{
    Ends, Field, PAIRED_TOKENS, SurfaceTable, TERM_SPACE, TermColumns, advance, damped, each_ngram_key,
    field_scales,
};
use crate::text::{Surface, TermMaker, is_symbol, key_of};
use crate::wide::{Wide, wide};
use crate::{Article, TermId};

/// A model at work: scores one article after the other, with scratch space that is used again. Make one for each
/// thread.
#[derive(Debug)]
pub struct Scorer<'m> {
    pub(super) card: &'m Card,
    pub(super) arrays: Arrays<'m>,
    surfaces: SurfaceTable<'m>,
    makers: Vec<TermMaker>,
    /// How often each term stands in each field of the current article.
    counts: Vec<[u32; 3]>,
    /// The terms of the current article, and behind them room for the others.
    terms: Vec<u32>,
    /// How many terms that are.
    touched: usize,
    /// The character n-grams of the words of the current article that are no terms.
    seen_ngrams: Vec<u32>,
    /// What was found out of spellings that the vocabulary has not seen.
    unseen: HashMap<u64, Unseen, foldhash::fast::FixedState>,
    /// The character n-grams of those that are no terms.
    spelled: Vec<TermId>,
    /// Where those of the word stand that was looked at last, if it is no term.
    spelling: Range<usize>,
    /// For each field, columns of the current article and what to multiply their weights by.
    columns: [Vec<(u32, f32)>; 3],
    /// A sum for each topic.
    sums: Vec<f32>,
    damped: Vec<f32>,
}

/// The scratch space of a [`Scorer`] without the model: for a service that scores one article at a time on whichever thread
/// is free, and would otherwise clear an entry for each term of the vocabulary for each article.
#[derive(Debug)]
pub struct Scratch {
    checksum: u32,
    makers: Vec<TermMaker>,
    counts: Vec<[u32; 3]>,
    terms: Vec<u32>,
    unseen: HashMap<u64, Unseen, foldhash::fast::FixedState>,
    spelled: Vec<TermId>,
    columns: [Vec<(u32, f32)>; 3],
    sums: Vec<f32>,
    damped: Vec<f32>,
}

/// The most unseen spellings that are remembered: a stream of any length must not fill the memory.
const MAX_UNSEEN: usize = 50_000;

/// The most character n-grams of them.
const MAX_SPELLED: usize = 1_000_000;

/// Counts up to this have their damped form in a table.
const DAMPED: u32 = 256;

/// So many words are looked up at a time.
const TOGETHER: usize = 16;

/// A spelling that the vocabulary has not seen.
#[derive(Debug, Clone, Default)]
struct Unseen {
    /// The term that it becomes, if it is one.
    term: Option<TermId>,
    /// Where its character n-grams stand in [`Scorer::spelled`], if it is none.
    ngrams: Range<usize>,
}

/// The scores of an article.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scores {
    /// A score for each topic.
    pub scores: Vec<f32>,
    /// Which share of the words is known.
    pub known: f32,
    /// The number of the article's language.
    pub language: usize,
}

impl<'m> Scorer<'m> {
    pub(super) fn new(model: &'m TopicModel) -> Self {
        let (card, arrays) = (&model.card, model.storage.arrays());
        Scorer {
            card,
            arrays,
            surfaces: SurfaceTable::from_buckets(arrays.surfaces.into()),
            makers: card.analyzer.languages.iter().map(|&l| card.analyzer.for_language(l)).collect(),
            counts: vec![[0; 3]; arrays.terms.len()],
            terms: vec![0; arrays.terms.len() + 1],
            touched: 0,
            seen_ngrams: Vec::new(),
            unseen: HashMap::default(),
            spelled: Vec::new(),
            spelling: 0..0,
            columns: Default::default(),
            sums: vec![0.0; card.topics.len()],
            damped: (0..DAMPED).map(damped).collect(),
        }
    }

    /// A scorer of `model` that goes on with the scratch space of an earlier one. What comes from another model is thrown
    /// away.
    pub(super) fn resume(model: &'m TopicModel, scratch: Scratch) -> Self {
        let arrays = model.storage.arrays();
        let same = scratch.checksum == model.card.checksum
            && scratch.counts.len() == arrays.terms.len()
            && scratch.sums.len() == model.card.topics.len()
            && scratch.makers.len() == model.card.analyzer.languages.len();
        if !same {
            return Scorer::new(model);
        }
        let Scratch { checksum: _, makers, counts, terms, unseen, spelled, columns, sums, damped } = scratch;
        let (card, surfaces) = (&model.card, SurfaceTable::from_buckets(arrays.surfaces.into()));
        let (touched, seen_ngrams) = (0, Vec::new());
        Scorer {
            card,
            arrays,
            surfaces,
            makers,
            counts,
            terms,
            touched,
            seen_ngrams,
            unseen,
            spelled,
            spelling: 0..0,
            columns,
            sums,
            damped,
        }
    }

    /// The scratch space alone, for [`TopicModel::resume_scorer`].
    pub fn into_scratch(self) -> Scratch {
        let Scorer { card, makers, counts, terms, unseen, spelled, columns, sums, damped, .. } = self;
        Scratch { checksum: card.checksum, makers, counts, terms, unseen, spelled, columns, sums, damped }
    }

    /// The scores of `article`.
    pub(crate) fn score(&mut self, article: &Article) -> Scores {
        let (known, language) = self.count(article);
        let mut columns = std::mem::take(&mut self.columns);
        columns.iter_mut().for_each(Vec::clear);
        let scales = self.take_columns(|_, field, column, value, scale| {
            columns[field].push((column, value * scale));
        });
        let mut scores = self.arrays.bias.to_vec();
        for (columns, scale) in columns.iter().zip(scales).filter(|&(_, scale)| scale > 0.0) {
            self.sums.fill(0.0);
            wide(Sum { weights: self.arrays.weights, columns, sums: &mut self.sums });
            for (score, sum) in scores.iter_mut().zip(&self.sums) {
                *score += scale * sum;
            }
        }
        self.columns = columns;
        Scores { scores, known, language }
    }

    /// Takes what was counted out of the scratch space. Calls `each` for each field that a term has a column in, of those where it
    /// stands: term, field, column, value before norms, and what a weight of 1 is worth in the column. What brings the values of
    /// each field to their norm, in which character n-grams have no part.
    ///
    /// A damaged file may name columns that are not there: they are left out.
    #[inline]
    pub(super) fn take_columns(&mut self, mut each: impl FnMut(u32, usize, u32, f32, f32)) -> [f32; 3] {
        let mut squares = [0.0_f32; 3];
        for &term in &self.terms[..self.touched] {
            let counts = std::mem::take(&mut self.counts[term as usize]);
            let columns = TermColumns(self.arrays.terms[term as usize]);
            let mut column = columns.first();
            for (field, count) in counts.into_iter().enumerate() {
                if columns.has(field) & (count > 0)
                    && let Some([weight, scale]) = self.arrays.columns.get(column as usize)
                {
                    let known = self.damped.get(count as usize).copied();
                    let value = known.unwrap_or_else(|| damped(count)) * weight;
                    squares[field] += value * value;
                    each(term, field, column, value, *scale);
                }
                column += u32::from(columns.has(field));
            }
        }
        self.touched = 0;
        for ngram in self.seen_ngrams.drain(..) {
            let count = std::mem::take(&mut self.counts[ngram as usize])[0];
            let column = TermColumns(self.arrays.terms[ngram as usize]).first();
            if let Some([weight, scale]) = self.arrays.columns.get(column as usize) {
                // As often as it stands in different words: a word counts damped, but few that are no terms come twice.
                let value = count as f32 * weight;
                each(ngram, Field::Body as usize, column, value, *scale);
            }
        }
        field_scales(squares, self.card.fields.as_array())
    }

    /// Counts the terms of `article` into the scratch space; the share of words that are known, and the language.
    pub(super) fn count(&mut self, article: &Article) -> (f32, usize) {
        let language = self.card.analyzer.language_of(article.language.as_deref(), &article.text);
        let lead = self.card.fields.lead_tokens;
        let paired = lead.min(PAIRED_TOKENS);
        let title = self.count_part(&article.title, language, |_| ([1, 0, 1], [0, 0, 1]));
        let text = self.count_part(&article.text, language, |position| {
            ([1, u32::from(position < lead), 0], [0, u32::from(position < paired), 0])
        });
        let (words, known) = (title.0 + text.0, title.1 + text.1);
        (known as f32 / words.max(1) as f32, language)
    }

    /// Counts the terms of the title or the text; how many words there are, and how many are known. `in_fields` has, for the place
    /// of a token, how often it counts in each field, and how often the n-grams of openings that end there do.
    #[inline]
    fn count_part(
        &mut self,
        part: &str,
        language: usize,
        in_fields: impl Fn(u32) -> ([u32; 3], [u32; 3]),
    ) -> (u32, u32) {
        let analyzer = &self.card.analyzer;
        let with_ngrams = analyzer.ngrams > 1 || analyzer.opening_pairs;
        let with_symbols = analyzer.symbols;
        let (mut tokens, mut words, mut known) = (0_u32, 0_u32, 0_u32);
        let mut ends = Ends::default();
        self.each_term(part, language, |scorer, place, term| {
            let (of_word, of_ngrams) = in_fields(tokens);
            tokens += 1;
            let is_word = !with_symbols || !is_symbol(&part[place]);
            words += u32::from(is_word);
            match term {
                Some(term) => {
                    known += u32::from(is_word);
                    scorer.see(term, of_word);
                }
                None => scorer.see_spelling(),
            }
            if with_ngrams {
                scorer.see_ngrams(&mut ends, term, of_ngrams);
            }
        });
        (words, known)
    }

    /// Calls `each` for every token of `text`, from left to right, with where it stands and its term: by its spelling, or for a
    /// spelling never seen by its stem. [`Scorer::spelling`] has the character n-grams of a word that is no term.
    #[inline]
    pub(super) fn each_term(
        &mut self,
        text: &str,
        language: usize,
        mut each: impl FnMut(&mut Self, Range<usize>, Option<TermId>),
    ) {
        let analyzer = &self.card.analyzer;
        let mut spans = [(0, 0); TOGETHER];
        let mut keys = [Surface(0); TOGETHER];
        let mut waiting = 0;
        let mut look_up = |spans: &[(usize, usize)], keys: &[Surface; TOGETHER]| {
            let terms = self.surfaces.get_many(keys);
            for (at, &(start, end)) in spans.iter().enumerate() {
                let term = terms[at].or_else(|| self.unseen_term(&text[start..end], language, keys[at].0));
                each(self, start..end, term);
            }
        };
        analyzer.tokenize(text, |token| {
            spans[waiting] = (token.start, token.end);
            keys[waiting] = token.surface.in_space(language as u64);
            waiting += 1;
            if waiting == TOGETHER {
                look_up(&spans, &keys);
                waiting = 0;
            }
        });
        look_up(&spans[..waiting], &keys);
    }

    /// Counts the n-grams that end at `term`: in the body, or where they are terms of openings in those fields. `ends` holds
    /// those that ended before it, and then these.
    #[inline]
    fn see_ngrams(&mut self, ends: &mut Ends, term: Option<TermId>, in_opening: [u32; 3]) {
        let analyzer = &self.card.analyzer;
        let in_fields = if analyzer.opening_pairs { in_opening } else { [1, 0, 0] };
        if in_fields != [0; 3] {
            *ends = self.ngrams(*ends, term);
            ends[1..].iter().flatten().for_each(|&ngram| self.see(ngram, in_fields));
        }
    }

    /// The n-grams that end at `term`, given those that end before it.
    pub(super) fn ngrams(&self, before: Ends, term: Option<TermId>) -> Ends {
        advance(before, term, |key| self.surfaces.get(key))
    }

    /// Counts `term` in fields, at least one of which must get something.
    #[inline]
    fn see(&mut self, term: TermId, in_fields: [u32; 3]) {
        let Some(counts) = self.counts.get_mut(term.0 as usize) else { return };
        // No branch: half of the words are new to an article, and which is not to be guessed.
        let new = counts[0] | counts[1] | counts[2] == 0;
        self.terms[self.touched] = term.0;
        self.touched += usize::from(new);
        for field in 0..3 {
            counts[field] += in_fields[field];
        }
    }

    /// Counts the character n-grams of the word that was looked at last, which is no term.
    fn see_spelling(&mut self) {
        for ngram in &self.spelled[self.spelling.clone()] {
            let Some([count, ..]) = self.counts.get_mut(ngram.0 as usize) else { continue };
            if *count == 0 {
                self.seen_ngrams.push(ngram.0);
            }
            *count += 1;
        }
    }

    /// The character n-grams of the word that was looked at last, which is no term.
    pub(super) fn spelling(&self) -> &[TermId] {
        &self.spelled[self.spelling.clone()]
    }

    /// How many of the terms, the first, are no character n-grams.
    pub(super) fn words(&self) -> usize {
        self.card.words(self.arrays.terms.len())
    }

    /// The term of `token` in the language with this number, whether the model knows it or not.
    pub(super) fn term_of(&self, token: &str, language: usize) -> Option<String> {
        self.makers.get(language).and_then(|maker| maker.term(token))
    }

    #[cold]
    fn unseen_term(&mut self, token: &str, language: usize, key: u64) -> Option<TermId> {
        if let Some(unseen) = self.unseen.get(&key) {
            self.spelling = unseen.ngrams.clone();
            return unseen.term;
        }
        if self.unseen.len() == MAX_UNSEEN || self.spelled.len() > MAX_SPELLED {
            self.unseen.clear();
            self.spelled.clear();
        }
        let start = self.spelled.len();
        let term = self.term_of(token, language);
        let known = term.as_ref().and_then(|term| self.surfaces.get(key_of(term, TERM_SPACE)));
        if let Some(term) = term.filter(|_| known.is_none() && self.card.character_ngrams > 0) {
            // A damaged table, or two keys that cannot be told apart, may give what is no n-gram.
            let ngrams = self.words()..self.arrays.terms.len();
            let is_ngram = |term: &TermId| ngrams.contains(&(term.0 as usize));
            each_ngram_key(&term, |key| self.spelled.extend(self.surfaces.get(key).filter(is_ngram)));
        }
        self.spelling = start..self.spelled.len();
        self.unseen.insert(key, Unseen { term: known, ngrams: self.spelling.clone() });
        known
    }
}

/// Weighted columns of an article's field, to be summed up.
struct Sum<'a> {
    weights: StoredWeights<'a>,
    /// Column, and what to multiply its weights by.
    columns: &'a [(u32, f32)],
    sums: &'a mut [f32],
}

impl Wide for Sum<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.weights.add_all(self.columns, self.sums);
    }
}
