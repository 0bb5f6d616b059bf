//! Shingles: the runs of words by which two texts are compared.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use crate::Article;

/// How many words make a shingle.
const SHINGLE: usize = 5;

/// The words of title and text in lower case, one after the other. What is neither letter nor digit parts them.
pub(super) fn each_word(article: &Article, mut each: impl FnMut(&str)) {
    let mut lower = String::new();
    for part in [article.title.as_str(), article.text.as_str()] {
        for word in part.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            lower.clear();
            if word.is_ascii() {
                lower.push_str(word);
                lower.make_ascii_lowercase();
            } else {
                lower.push_str(&word.to_lowercase());
            }
            each(&lower);
        }
    }
}

/// A number for every `length` words in a row; nothing where there are fewer words.
pub(super) fn windows(article: &Article, length: usize) -> Vec<u64> {
    let state = FixedState::with_seed(0);
    word_hashes(article).windows(length).map(|window| state.hash_one(window)).collect()
}

/// A number for each word of title and text, in their order.
pub(crate) fn each_word_hash(article: &Article, mut each: impl FnMut(u64)) {
    let state = FixedState::with_seed(0);
    each_word(article, |word| each(state.hash_one(word)));
}

fn word_hashes(article: &Article) -> Vec<u64> {
    let mut hashes = Vec::with_capacity(article.text.len() / 6);
    each_word_hash(article, |hash| hashes.push(hash));
    hashes
}

/// The distinct shingles of an article, ascending: every five words in a row, or all its words where it has fewer.
/// Empty for an article without words.
pub(super) fn shingles(article: &Article) -> Vec<u64> {
    let state = FixedState::with_seed(0);
    let words = word_hashes(article);
    if words.is_empty() {
        return Vec::new();
    }
    let length = SHINGLE.min(words.len());
    distinct(words.windows(length).map(|window| state.hash_one(window)).collect())
}

/// The numbers, ascending, each once.
pub(super) fn distinct(mut numbers: Vec<u64>) -> Vec<u64> {
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// The Jaccard similarity of two ascending sets: what they share, over what either has. 0 where both are empty.
pub(super) fn jaccard(a: &[u64], b: &[u64]) -> f64 {
    let (mut i, mut j, mut both) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        let (x, y) = (a[i], b[j]);
        both += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    both as f64 / (a.len() + b.len() - both).max(1) as f64
}
