//! The terms of a corpus, and every spelling of each.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::ops::Range;

use rayon::prelude::*;

use super::character_ngrams::{CharacterNgrams, key_of_character_ngram};
use super::ngrams::{Ends, MAX_NGRAM, advance, key_of_ngram};
use super::opening_pairs::add_opening_pairs;
use super::spellings::{KeyHasher, Terms, read};
use super::{Documents, SurfaceTable, are_short};
use crate::text::{Analyzer, Surface, is_symbol, key_of};
use crate::{Article, TermId};

/// Which terms a vocabulary takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VocabularyLimits {
    /// A term must occur in this many articles; `None`: in two, or in one where words of a single article are many.
    pub min_articles: Option<u32>,
    /// No more terms than this: the most frequent are taken.
    pub max_terms: usize,
    /// Whether words are known by their character n-grams too; `None`: where articles are short and words of a
    /// single one are terms.
    pub character_ngrams: Option<bool>,
}

impl Default for VocabularyLimits {
    fn default() -> Self {
        VocabularyLimits { min_articles: None, max_terms: 2_000_000, character_ngrams: None }
    }
}

/// Terms, most frequent first, and the table that finds them by their spellings.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    /// The terms as text, most frequent first; of equal frequency, by the alphabet.
    pub terms: Vec<String>,
    /// In how many articles each occurs.
    pub articles: Vec<u32>,
    /// In how many a term had to occur.
    pub min_articles: u32,
    /// All spellings seen, and the terms themselves, so that unseen spellings find their stem.
    pub surfaces: SurfaceTable<'static>,
    /// The character n-grams of the words, where they are known by these too.
    pub character_ngrams: CharacterNgrams,
    /// The two terms that each n-gram is made of; n-grams are the last terms.
    ngrams: Vec<(TermId, TermId)>,
}

/// Keys of terms, as against spellings, live in spaces of their own.
pub(crate) const TERM_SPACE: u64 = 1 << 32;

impl Vocabulary {
    /// Reads `articles` into terms; the vocabulary is made of what they hold.
    ///
    /// The result depends on the articles and the settings alone, not on the number of threads.
    pub fn build(
        articles: &[Article],
        analyzer: &Analyzer,
        limits: VocabularyLimits,
    ) -> (Vocabulary, Documents) {
        let (spellings, mut documents) = read(articles, analyzer);
        let Terms { mut distinct, of_spelling } = Terms::new(&spellings, analyzer);
        let frequency = count_articles(&mut documents, &of_spelling, distinct.len());

        let usual = || {
            let of_words = frequency.iter().zip(&distinct).filter(|(_, term)| !is_symbol(term));
            usual_minimum(&of_words.map(|(&articles, _)| articles).collect::<Vec<_>>(), articles.len())
        };
        let min_articles = limits.min_articles.unwrap_or_else(usual);
        let mut order: Vec<u32> =
            (0..distinct.len() as u32).filter(|&t| frequency[t as usize] >= min_articles).collect();
        order.par_sort_unstable_by(|&a, &b| {
            let key = |t: u32| (std::cmp::Reverse(frequency[t as usize]), &distinct[t as usize]);
            key(a).cmp(&key(b))
        });
        order.truncate(limits.max_terms);
        let mut rank = vec![Documents::UNKNOWN; distinct.len()];
        for (new, &old) in order.iter().enumerate() {
            rank[old as usize] = new as u32;
        }
        documents.tokens.par_iter_mut().for_each(|token| {
            if *token != Documents::UNKNOWN {
                *token = rank[*token as usize];
            }
        });

        let mut terms: Vec<String> =
            order.iter().map(|&old| std::mem::take(&mut distinct[old as usize])).collect();
        let mut entries: Vec<(Surface, TermId)> = terms
            .iter()
            .enumerate()
            .map(|(term, text)| (key_of(text, TERM_SPACE), TermId(term as u32)))
            .collect();
        entries.extend(spellings.keys.iter().zip(&of_spelling).filter_map(|(&key, &term)| {
            let term = *rank.get(term as usize)?;
            (term != Documents::UNKNOWN).then_some((key, TermId(term)))
        }));
        let mut of_terms: Vec<u32> = order.iter().map(|&old| frequency[old as usize]).collect();
        let mut ngrams = Vec::new();
        let words = terms.len();
        let (enough, room) = (enough_for_ngrams(min_articles, documents.len()), limits.max_terms - words);
        let found = match analyzer.opening_pairs {
            true => add_opening_pairs(&mut documents, terms.len(), enough, room),
            false => add_ngrams(&mut documents, terms.len(), analyzer.ngrams, enough, room),
        };
        for ngram in found {
            let text = |term: TermId, terms: &[String]| terms[term.0 as usize].clone();
            let words = format!("{} {}", text(ngram.first, &terms), text(ngram.then, &terms));
            entries.push((key_of_ngram(ngram.first, ngram.then), TermId(terms.len() as u32)));
            terms.push(words);
            of_terms.push(ngram.articles);
            ngrams.push((ngram.first, ngram.then));
        }
        let spelled = limits.character_ngrams.unwrap_or_else(|| min_articles == 1 && are_short(articles));
        let character_ngrams = match spelled {
            true => CharacterNgrams::new(&terms[..words], limits.max_terms - terms.len()),
            false => CharacterNgrams::default(),
        };
        let numbers = (terms.len() as u32..).map(TermId);
        entries.extend(character_ngrams.texts.iter().map(|text| key_of_character_ngram(text)).zip(numbers));
        let surfaces = SurfaceTable::new(entries);
        let articles = of_terms;
        (Vocabulary { terms, articles, min_articles, surfaces, character_ngrams, ngrams }, documents)
    }

    /// The terms that are n-grams of words: the last.
    pub(crate) fn ngrams(&self) -> Range<usize> {
        self.terms.len() - self.ngrams.len()..self.terms.len()
    }

    /// The vocabulary of the terms that are true in `kept`, in the order that they have, and the new number of each term
    /// ([`Documents::UNKNOWN`]: none). The terms that a kept n-gram is made of are kept with it.
    ///
    /// Spellings are left out: a term is found by its text, which is what its spellings become. It takes the reader of an
    /// article longer, and finds the same. So are character n-grams.
    pub(crate) fn keep(&self, mut kept: Vec<bool>) -> (Vocabulary, Vec<u32>) {
        let words = self.ngrams().start;
        // An n-gram has a higher number than what it is made of.
        for (at, (first, then)) in self.ngrams.iter().enumerate().rev() {
            if kept[words + at] {
                kept[first.0 as usize] = true;
                kept[then.0 as usize] = true;
            }
        }
        let mut number = vec![Documents::UNKNOWN; kept.len()];
        let (mut terms, mut articles, mut entries, mut ngrams) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for old in (0..kept.len()).filter(|&old| kept[old]) {
            let new = TermId(terms.len() as u32);
            number[old] = new.0;
            let key = match old.checked_sub(words) {
                None => key_of(&self.terms[old], TERM_SPACE),
                Some(at) => {
                    let [first, then] =
                        [self.ngrams[at].0, self.ngrams[at].1].map(|term| TermId(number[term.0 as usize]));
                    ngrams.push((first, then));
                    key_of_ngram(first, then)
                }
            };
            entries.push((key, new));
            terms.push(self.terms[old].clone());
            articles.push(self.articles[old]);
        }
        let (min_articles, surfaces) = (self.min_articles, SurfaceTable::new(entries));
        let character_ngrams = CharacterNgrams::default();
        (Vocabulary { terms, articles, min_articles, surfaces, character_ngrams, ngrams }, number)
    }
}

/// A term made of two others.
pub(super) struct Ngram {
    pub first: TermId,
    pub then: TermId,
    pub articles: u32,
}

/// In how many articles a term must occur, when nothing is said, where words have the `frequency` of each: in two, so that what it
/// says is no accident, but in one where that would leave much of an article unknown.
///
/// Of the words of an article not yet seen, the share `2 N₂ / N` is known from exactly one of those seen: `N` counts the distinct
/// words of each of these, and `N₂` words stand in exactly two of them (Turing's estimate, Good 1953). It is large where articles
/// are short or few.
fn usual_minimum(frequency: &[u32], articles: usize) -> u32 {
    let twice = frequency.iter().filter(|&&articles| articles == 2).count() as f64;
    let all: f64 = frequency.iter().map(|&articles| f64::from(articles)).sum();
    let pays = 2.0 * twice > MUCH * all && frequency.len() <= MANY_WORDS;
    if articles < FEW_ARTICLES || pays { 1 } else { 2 }
}

/// In how many of so many articles an n-gram must occur to be a term: in two, or of very many articles in one of ten thousand. Nearly
/// all n-grams are rare, and there they only make the model large.
fn enough_for_ngrams(min_articles: u32, articles: usize) -> u32 {
    min_articles.max(2).max((articles / 10_000) as u32)
}

/// Of fewer articles, every word counts.
const FEW_ARTICLES: usize = 100;

/// The share of an article's words that is too much to be left unknown. Below it words of a single article add little but their
/// weight, and above it they pay: docs/quality.md has corpora on either side.
const MUCH: f64 = 0.0175;

/// Of more words, those of a single article, which are half of them and more, would make a model large and training slow.
const MANY_WORDS: usize = 80_000;

/// Finds the n-grams of up to `longest` words that `enough` articles have, no more than there is `room` for, shorter before longer
/// and frequent before rare, numbers them from `terms` on, and notes in `documents` where they stand.
fn add_ngrams(documents: &mut Documents, terms: usize, longest: u8, enough: u32, room: usize) -> Vec<Ngram> {
    let mut found: Vec<Ngram> = Vec::new();
    let mut known: HashMap<u64, TermId, BuildHasherDefault<KeyHasher>> = HashMap::default();
    for words in 1..usize::from(longest.min(MAX_NGRAM)) {
        // For each key: the n-gram, and the article in which it was counted last.
        let mut counts: HashMap<u64, (Ngram, usize), BuildHasherDefault<KeyHasher>> = HashMap::default();
        walk(documents, &known, |row, before, term| {
            let (Some(first), Some(then)) = (before[words - 1], term) else { return };
            let entry = counts
                .entry(key_of_ngram(first, then).0)
                .or_insert((Ngram { first, then, articles: 0 }, usize::MAX));
            if entry.1 != row {
                entry.0.articles += 1;
                entry.1 = row;
            }
        });
        let mut level: Vec<Ngram> =
            counts.into_values().map(|count| count.0).filter(|ngram| ngram.articles >= enough).collect();
        level.sort_unstable_by_key(|ngram| (std::cmp::Reverse(ngram.articles), ngram.first, ngram.then));
        level.truncate(room - found.len());
        for ngram in level {
            known.insert(key_of_ngram(ngram.first, ngram.then).0, TermId((terms + found.len()) as u32));
            found.push(ngram);
        }
    }
    if found.is_empty() {
        return found;
    }
    let (mut ngrams, mut rows) = (Vec::new(), vec![0_usize; documents.len()]);
    walk(documents, &known, |row, before, term| {
        let ends = advance(before, term, |key| known.get(&key.0).copied());
        ngrams.extend(ends[1..].iter().flatten().map(|ngram| ngram.0));
        rows[row] = ngrams.len();
    });
    let mut starts = vec![0];
    for end in rows {
        starts.push(end.max(*starts.last().unwrap_or(&0)));
    }
    (documents.ngrams, documents.ngram_starts) = (ngrams, starts);
    found
}

/// Calls `each` for every token: its article, the n-grams that end at the token before it, and its term.
fn walk(
    documents: &Documents,
    known: &HashMap<u64, TermId, BuildHasherDefault<KeyHasher>>,
    mut each: impl FnMut(usize, Ends, Option<TermId>),
) {
    for row in 0..documents.len() {
        for tokens in [documents.title(row), documents.text(row)] {
            let mut before: Ends = Ends::default();
            for &token in tokens {
                let term = (token != Documents::UNKNOWN).then_some(TermId(token));
                each(row, before, term);
                before = advance(before, term, |key| known.get(&key.0).copied());
            }
        }
    }
}

/// Turns the spellings in `documents` into terms, and counts in how many articles each term occurs.
fn count_articles(documents: &mut Documents, term_of_spelling: &[u32], terms: usize) -> Vec<u32> {
    documents.tokens.par_iter_mut().for_each(|token| *token = term_of_spelling[*token as usize]);
    let documents = &*documents;
    let rows: Vec<usize> = (0..documents.len()).collect();
    let parts = rayon::current_num_threads().max(1);
    rows.par_chunks(rows.len().div_ceil(parts).max(1))
        .map(|rows| {
            let mut counts = vec![0_u32; terms];
            let mut last_row = vec![u32::MAX; terms];
            for &row in rows {
                for &term in documents.all(row) {
                    if term != Documents::UNKNOWN && last_row[term as usize] != row as u32 {
                        last_row[term as usize] = row as u32;
                        counts[term as usize] += 1;
                    }
                }
            }
            counts
        })
        .reduce(
            || vec![0; terms],
            |mut a, b| {
                a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
                a
            },
        )
}
