//! Word pairs of openings: terms that stand in the lead and the title alone.
//!
//! Pairs of the whole article are many and say little that its words do not. Those of a headline and of an opening are few,
//! and tell "trade deficit" from a deficit and a trade.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use rayon::prelude::*;

use super::Documents;
use super::bags::Lists;
use super::spellings::KeyHasher;
use super::vocabulary::Ngram;
use crate::TermId;
use crate::text::fold;

/// So many tokens of the text make pairs, however long the lead is.
pub const PAIRED_TOKENS: u32 = 40;

/// Pairs of so many articles are counted at a time: those of a large corpus would take more memory than its text.
const ARTICLES_AT_ONCE: usize = 50_000;

/// Finds the pairs of words that `enough` openings have, no more than there is `room` for, frequent before rare, numbers them from
/// `terms` on, and notes in `documents` where they stand.
pub(super) fn add_opening_pairs(
    documents: &mut Documents,
    terms: usize,
    enough: u32,
    room: usize,
) -> Vec<Ngram> {
    let parts = 1 + documents.len() as u64 / ARTICLES_AT_ONCE as u64;
    let mut found: Vec<Ngram> =
        (0..parts).flat_map(|part| frequent(documents, enough, |pair| fold(pair) % parts == part)).collect();
    found.par_sort_unstable_by_key(|pair| (std::cmp::Reverse(pair.articles), pair.first, pair.then));
    found.truncate(room);
    let number: HashMap<u64, u32, BuildHasherDefault<KeyHasher>> = found
        .iter()
        .zip(terms as u32..)
        .map(|(pair, number)| (joined(pair.first.0, pair.then.0), number))
        .collect();
    let term_of =
        |pair: Option<u64>| pair.and_then(|pair| number.get(&pair).copied()).unwrap_or(Documents::UNKNOWN);
    let mut all = Lists::default();
    for row in 0..documents.len() {
        all.extend(pairs_of(documents, row).map(term_of));
    }
    documents.opening_pairs = all;
    found
}

/// The pairs among those that `among` admits that stand in the openings of `enough` articles or more.
fn frequent(documents: &Documents, enough: u32, among: impl Fn(u64) -> bool + Sync) -> Vec<Ngram> {
    let of_article = |row: usize| {
        let mut own: Vec<u64> = pairs_of(documents, row).flatten().filter(|&pair| among(pair)).collect();
        own.sort_unstable();
        own.dedup();
        own
    };
    let mut seen: Vec<u64> = (0..documents.len()).into_par_iter().flat_map_iter(of_article).collect();
    seen.par_sort_unstable();
    seen.chunk_by(|a, b| a == b)
        .filter(|same| same.len() >= enough as usize)
        .map(|same| Ngram {
            first: TermId((same[0] >> 32) as u32),
            then: TermId(same[0] as u32),
            articles: same.len() as u32,
        })
        .collect()
}

/// For each token of the title of article `row`, and then of the opening of its text, the two terms of the pair that ends
/// there, if there is one.
fn pairs_of(documents: &Documents, row: usize) -> impl Iterator<Item = Option<u64>> {
    let text = documents.text(row);
    let opening = &text[..text.len().min(PAIRED_TOKENS as usize)];
    [documents.title(row), opening].into_iter().flat_map(|tokens| {
        let pair = |at: usize| {
            let (first, then) = (*tokens.get(at.checked_sub(1)?)?, tokens[at]);
            (first != Documents::UNKNOWN && then != Documents::UNKNOWN).then(|| joined(first, then))
        };
        (0..tokens.len()).map(pair)
    })
}

fn joined(first: u32, then: u32) -> u64 {
    u64::from(first) << 32 | u64::from(then)
}
