//! What comes back in a corpus: articles that are much alike, and phrases that many articles have.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::FixedState;
use rayon::prelude::*;
use serde::Serialize;

use crate::Article;
use crate::corpus::Corpus;
use crate::corpus::shingles::{distinct, each_word, windows};
use crate::corpus::similar::{Alike, similar_pairs};

/// What counts as coming back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RepeatSettings {
    /// Two articles are alike where their similarity is at least this.
    pub similarity: f64,
    /// How many words make a phrase, at least one.
    pub phrase_words: usize,
    /// A phrase comes back where more articles than this have it.
    pub phrase_articles: usize,
}

impl Default for RepeatSettings {
    fn default() -> Self {
        RepeatSettings { similarity: 0.2, phrase_words: 8, phrase_articles: 3 }
    }
}

/// What comes back in a corpus.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Repeats {
    /// Pairs of articles that are alike, the most similar first.
    pub similar: Vec<SimilarPair>,
    /// Phrases that come back, the most frequent first.
    pub phrases: Vec<Phrase>,
}

/// Two articles that are alike.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SimilarPair {
    /// The place of the first in the corpus.
    pub first: usize,
    /// The place of the second, which comes after it.
    pub second: usize,
    /// The id of the first.
    pub first_id: String,
    /// The id of the second.
    pub second_id: String,
    /// Their similarity, as in [`Alike::similarity`].
    pub similarity: f64,
}

/// A phrase that comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Phrase {
    /// Its words, in lower case. Longer than asked for where all articles that have its beginning have all
    /// of it.
    pub text: String,
    /// How many articles have it.
    pub articles: usize,
}

impl Corpus {
    /// Finds articles that are alike, as [`similar_pairs`] does, and phrases that come back.
    ///
    /// ```
    /// use topicwire::corpus::{Corpus, RepeatSettings};
    /// use topicwire::Article;
    ///
    /// let corpus = Corpus::from(vec![
    ///     Article::new("1", "", "The bank raised its rate by half a point on Monday."),
    ///     Article::new("2", "", "The bank raised its rate by half a point on Tuesday."),
    ///     Article::new("3", "", "Rain fell on the hills all night."),
    /// ]);
    /// let repeats = corpus.repeats(&RepeatSettings::default());
    /// assert_eq!((repeats.similar[0].first, repeats.similar[0].second), (0, 1));
    /// ```
    pub fn repeats(&self, settings: &RepeatSettings) -> Repeats {
        Repeats { similar: self.similar(settings.similarity), phrases: self.phrases(settings) }
    }

    /// Pairs of articles with a similarity of at least the given one, the most similar first.
    fn similar(&self, at_least: f64) -> Vec<SimilarPair> {
        let articles: Vec<&Article> = self.articles.iter().collect();
        let pair = |pair: Alike| {
            let id = |at: usize| self.articles[at].id.clone();
            let Alike { first, second, similarity } = pair;
            SimilarPair { first, second, first_id: id(first), second_id: id(second), similarity }
        };
        similar_pairs(&articles, at_least).into_iter().map(pair).collect()
    }

    fn phrases(&self, settings: &RepeatSettings) -> Vec<Phrase> {
        let length = settings.phrase_words.max(1);
        let mut windows: Vec<u64> =
            self.articles.par_iter().flat_map_iter(|article| distinct(windows(article, length))).collect();
        windows.par_sort_unstable();
        let frequent: HashMap<u64, usize, FixedState> = windows
            .chunk_by(|a, b| a == b)
            .filter(|same| same.len() > settings.phrase_articles)
            .map(|same| (same[0], same.len()))
            .collect();
        let spelled: Vec<Vec<(String, usize)>> =
            self.articles.par_iter().map(|article| spell(article, length, &frequent)).collect();
        let phrases: BTreeMap<String, usize> = spelled.into_iter().flatten().collect();
        let mut phrases: Vec<Phrase> =
            phrases.into_iter().map(|(text, articles)| Phrase { text, articles }).collect();
        phrases.sort_by(|a, b| b.articles.cmp(&a.articles).then_with(|| a.text.cmp(&b.text)));
        phrases
    }
}

/// The frequent phrases of an article with the number of articles that have them. Windows that follow one
/// another and are equally frequent are one phrase.
fn spell(
    article: &Article,
    length: usize,
    frequent: &HashMap<u64, usize, FixedState>,
) -> Vec<(String, usize)> {
    let mut words = Vec::new();
    each_word(article, |word| words.push(word.to_owned()));
    let counts: Vec<usize> =
        windows(article, length).iter().map(|window| frequent.get(window).copied().unwrap_or(0)).collect();
    let mut phrases = Vec::new();
    let mut start = 0;
    for run in counts.chunk_by(|a, b| a == b) {
        if run[0] > 0 {
            phrases.push((words[start..start + run.len() + length - 1].join(" "), run[0]));
        }
        start += run.len();
    }
    phrases
}
