//! Character n-grams: what words are spelled of, so that a word never seen says what known words say that are spelled like it.
//!
//! An article that is learned from has, beside its words, what these are spelled of. A character n-gram counts as often as the words
//! count that have it, so that what is learned of it can be added to the weight of each of them: a model holds it in the weights of its
//! words, and looks n-grams up for words alone that it does not know. They come on top of the known words of an article: where there is none
//! of these, they say nothing. The idea of words as the sum of their parts is that of
//! Bojanowski et al. (2017, "Enriching Word Vectors with Subword Information").

use std::collections::HashMap;

use super::bags::Lists;
use crate::text::{Surface, key_of};

/// Character n-grams have so many characters, the marks for the beginning and the end of a word among them.
const LENGTHS: std::ops::RangeInclusive<usize> = 2..=4;

/// Of a longer word, so many characters are looked at: it is hardly a word.
const LONGEST: usize = 64;

/// So many words must have an n-gram: that of a single one tells nothing of others.
const WORDS: usize = 2;

/// What an n-gram is worth in an article, against a word: an article has about ten n-grams for each word.
pub(crate) const SHARE: f32 = 0.28;

/// How often an n-gram counts is noted in parts of one: words that stand several times count less than so many.
pub(super) const UNIT: f32 = 64.0;

/// Keys of character n-grams, as against spellings and terms, live in a space of their own.
const NGRAM_SPACE: u64 = 2 << 32;

/// The character n-grams of the words of a vocabulary. They are numbered after its terms.
#[derive(Debug, Clone, Default)]
pub struct CharacterNgrams {
    /// The n-grams as text, those of the most words first; `<` and `>` stand for the ends of a word.
    pub texts: Vec<String>,
    /// The places in `texts` of those of each word, in ascending order.
    of_words: Lists<u32>,
}

impl CharacterNgrams {
    /// The n-grams that two of `words` have or more, no more than there is `room` for.
    pub(super) fn new(words: &[String], room: usize) -> CharacterNgrams {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for word in words {
            each_ngram(word, |ngram| match counts.get_mut(ngram) {
                Some(count) => *count += 1,
                None => drop(counts.insert(ngram.to_owned(), 1)),
            });
        }
        let mut found: Vec<(String, usize)> = counts.into_iter().filter(|found| found.1 >= WORDS).collect();
        found.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        found.truncate(room);
        let texts: Vec<String> = found.into_iter().map(|(text, _)| text).collect();
        let number: HashMap<&str, u32> = texts.iter().map(String::as_str).zip(0..).collect();
        let mut of_words = Lists::default();
        for word in words {
            let mut own: Vec<u32> = Vec::new();
            each_ngram(word, |ngram| own.extend(number.get(ngram)));
            own.sort_unstable();
            of_words.extend(own.into_iter());
        }
        CharacterNgrams { texts, of_words }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Those of the term with the number `word`, by their places; none where it is no word.
    pub fn of(&self, word: usize) -> &[u32] {
        if word < self.of_words.len() { self.of_words.of(word) } else { &[] }
    }
}

/// Calls `each` for the distinct character n-grams of `word`; what has no letter, such as a number, has none.
fn each_ngram(word: &str, mut each: impl FnMut(&str)) {
    if !word.contains(char::is_alphabetic) {
        return;
    }
    let end = word.char_indices().nth(LONGEST).map_or(word.len(), |(end, _)| end);
    let marked = format!("<{}>", &word[..end]);
    let mut ends: Vec<usize> = marked.char_indices().map(|(at, _)| at).collect();
    ends.push(marked.len());
    let mut ngrams: Vec<&str> = LENGTHS
        .flat_map(|length| ends.windows(length + 1).map(move |ends| (ends[0], ends[length])))
        .map(|(start, end)| &marked[start..end])
        .collect();
    ngrams.sort_unstable();
    ngrams.dedup();
    ngrams.into_iter().for_each(&mut each);
}

/// Calls `each` with the keys of the character n-grams of `word`.
pub(crate) fn each_ngram_key(word: &str, mut each: impl FnMut(Surface)) {
    each_ngram(word, |ngram| each(key_of_character_ngram(ngram)));
}

/// The key of the character n-gram `text`.
pub(super) fn key_of_character_ngram(text: &str) -> Surface {
    key_of(text, NGRAM_SPACE)
}
