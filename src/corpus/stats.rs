//! What a corpus is made of, in figures.

use std::collections::{BTreeMap, HashMap};

use foldhash::quality::FixedState;
use rayon::prelude::*;
use serde::Serialize;
use std::hash::{BuildHasher, Hasher};

use crate::corpus::{Corpus, Repeats};
use crate::{Article, Task};

/// How much of a text, in bytes, tells its language.
const LANGUAGE_PREFIX: usize = 1_000;

/// What a corpus is made of.
///
/// ```
/// use topicwire::{Article, corpus::Corpus};
///
/// let corpus = Corpus::from(vec![
///     Article::new("1", "Rates", "The bank raised its rate.").with_topics(["money"]),
///     Article::new("2", "Rates", "The bank raised its  rate.").with_topics(["money"]),
/// ]);
/// let stats = corpus.stats();
/// assert_eq!((stats.articles, stats.exact_duplicates), (2, 1));
/// assert_eq!(stats.words.median, 6);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stats {
    /// How many articles there are.
    pub articles: usize,
    /// How many of them are labelled.
    pub labelled: usize,
    /// Whether every labelled article has exactly one topic.
    pub task: Task,
    /// The number of articles of each topic, by the topic's name.
    pub topics: BTreeMap<String, usize>,
    /// How many labelled articles have so many topics.
    pub topics_per_article: BTreeMap<usize, usize>,
    /// How long the articles are, title and text together, in words parted by blanks.
    pub words: LengthStats,
    /// How many articles are in each language: what the source states, or else what whatlang makes of the
    /// beginning of the text; `unknown` where it is not sure.
    pub languages: BTreeMap<String, usize>,
    /// Articles whose title and text are blank.
    pub empty: usize,
    /// Articles without a title.
    pub without_title: usize,
    /// Articles whose title and text another one before them has too, case and blanks aside. Empty articles
    /// do not count.
    pub exact_duplicates: usize,
    /// Ids that more than one article has.
    pub repeated_ids: usize,
    /// What comes back in the texts, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeats: Option<Repeats>,
}

/// How long articles are, in words.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct LengthStats {
    /// The shortest.
    pub min: usize,
    /// The one in the middle; the lower of two.
    pub median: usize,
    /// The arithmetic mean.
    pub mean: f64,
    /// The longest.
    pub max: usize,
}

impl Corpus {
    /// Counts what there is to count; [`Stats::repeats`] stays empty, see [`Corpus::repeats`].
    pub fn stats(&self) -> Stats {
        let mut topics_per_article = BTreeMap::new();
        for topics in self.articles.iter().filter_map(|article| article.topics.as_ref()) {
            *topics_per_article.entry(topics.len()).or_default() += 1;
        }
        let groups = self.duplicate_groups();
        let is_empty = |article: &Article| article.title.trim().is_empty() && article.text.trim().is_empty();
        let repeat = |(at, article): &(usize, &Article)| groups[*at] != *at as u32 && !is_empty(article);
        Stats {
            articles: self.articles.len(),
            labelled: self.labelled(),
            task: self.task(),
            topics: self.topics().into_iter().map(|(topic, count)| (topic.to_string(), count)).collect(),
            topics_per_article,
            words: self.lengths(),
            languages: self.languages(),
            empty: self.articles.iter().filter(|article| is_empty(article)).count(),
            without_title: self.articles.iter().filter(|article| article.title.trim().is_empty()).count(),
            exact_duplicates: self.articles.iter().enumerate().filter(repeat).count(),
            repeated_ids: self.repeated_ids(),
            repeats: None,
        }
    }

    /// For each article the place of the first one that has the same title and text, case and blanks aside:
    /// its own place where there is none before it.
    pub fn duplicate_groups(&self) -> Vec<u32> {
        duplicate_groups(&self.articles.iter().collect::<Vec<_>>())
    }

    fn lengths(&self) -> LengthStats {
        let words = |text: &str| text.split_whitespace().count();
        let length = |article: &Article| words(&article.title) + words(&article.text);
        let mut lengths: Vec<usize> = self.articles.par_iter().map(length).collect();
        lengths.sort_unstable();
        let (Some(&min), Some(&max)) = (lengths.first(), lengths.last()) else {
            return LengthStats::default();
        };
        let mean = lengths.iter().sum::<usize>() as f64 / lengths.len() as f64;
        LengthStats { min, median: lengths[(lengths.len() - 1) / 2], mean, max }
    }

    fn languages(&self) -> BTreeMap<String, usize> {
        let found: Vec<String> = self.articles.par_iter().map(language).collect();
        let mut counts = BTreeMap::new();
        for language in found {
            *counts.entry(language).or_default() += 1;
        }
        counts
    }

    fn repeated_ids(&self) -> usize {
        let mut counts: HashMap<&str, usize, foldhash::fast::FixedState> = HashMap::default();
        for article in &self.articles {
            *counts.entry(&article.id).or_default() += 1;
        }
        counts.values().filter(|&&count| count > 1).count()
    }
}

/// For each article the place of the first one that has the same title and text, as [`Corpus::duplicate_groups`].
pub(crate) fn duplicate_groups(articles: &[&Article]) -> Vec<u32> {
    let prints: Vec<u128> = articles.par_iter().map(|article| fingerprint(article)).collect();
    let mut first: HashMap<u128, u32, foldhash::fast::FixedState> = HashMap::default();
    let place = |(at, print): (usize, &u128)| *first.entry(*print).or_insert(at as u32);
    prints.iter().enumerate().map(place).collect()
}

/// A number that two articles share where their words are the same, case and blanks aside. Of 128 bits: in
/// a hundred million articles, the odds of one false match are less than one in 10^22.
fn fingerprint(article: &Article) -> u128 {
    let mut low = FixedState::with_seed(1).build_hasher();
    let mut high = FixedState::with_seed(2).build_hasher();
    for part in [&article.title, &article.text] {
        for word in part.split_whitespace() {
            let word = word.to_lowercase();
            for hasher in [&mut low, &mut high] {
                hasher.write(word.as_bytes());
                hasher.write_u8(b' ');
            }
        }
        for hasher in [&mut low, &mut high] {
            hasher.write_u8(b'\n');
        }
    }
    u128::from(high.finish()) << 64 | u128::from(low.finish())
}

/// The language of an article as an ISO 639-1 code, or whatlang's code of three letters where there is none.
pub(crate) fn language(article: &Article) -> String {
    if let Some(stated) = &article.language {
        return stated.clone();
    }
    let text = if article.text.trim().is_empty() { &article.title } else { &article.text };
    let end =
        (0..=LANGUAGE_PREFIX.min(text.len())).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    match whatlang::detect(&text[..end]) {
        Some(found) if found.is_reliable() => two_letters(found.lang().code()).to_owned(),
        _ => "unknown".to_owned(),
    }
}

/// The ISO 639-1 code of a language that whatlang names by its ISO 639-3 code.
fn two_letters(code: &str) -> &str {
    #[rustfmt::skip]
    const CODES: &[(&str, &str)] = &[
        ("afr", "af"), ("aka", "ak"), ("amh", "am"), ("ara", "ar"), ("aze", "az"), ("bel", "be"), ("ben", "bn"),
        ("bul", "bg"), ("cat", "ca"), ("ces", "cs"), ("cmn", "zh"), ("cym", "cy"), ("dan", "da"), ("deu", "de"),
        ("ell", "el"), ("eng", "en"), ("epo", "eo"), ("est", "et"), ("fin", "fi"), ("fra", "fr"), ("guj", "gu"),
        ("heb", "he"), ("hin", "hi"), ("hrv", "hr"), ("hun", "hu"), ("hye", "hy"), ("ind", "id"), ("ita", "it"),
        ("jav", "jv"), ("jpn", "ja"), ("kan", "kn"), ("kat", "ka"), ("khm", "km"), ("kor", "ko"), ("lat", "la"),
        ("lav", "lv"), ("lit", "lt"), ("mal", "ml"), ("mar", "mr"), ("mkd", "mk"), ("mya", "my"), ("nep", "ne"),
        ("nld", "nl"), ("nob", "nb"), ("ori", "or"), ("pan", "pa"), ("pes", "fa"), ("pol", "pl"), ("por", "pt"),
        ("ron", "ro"), ("rus", "ru"), ("sin", "si"), ("slk", "sk"), ("slv", "sl"), ("sna", "sn"), ("spa", "es"),
        ("srp", "sr"), ("swe", "sv"), ("tam", "ta"), ("tel", "te"), ("tgl", "tl"), ("tha", "th"), ("tuk", "tk"),
        ("tur", "tr"), ("ukr", "uk"), ("urd", "ur"), ("uzb", "uz"), ("vie", "vi"), ("yid", "yi"), ("zul", "zu"),
    ];
    CODES.binary_search_by_key(&code, |(three, _)| three).map_or(code, |at| CODES[at].1)
}
