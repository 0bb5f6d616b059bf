//! Articles whose texts no label can save: empty, very short or long, in another language, full of markup.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use foldhash::fast::FixedState;
use rayon::prelude::*;
use serde::Serialize;

use super::ArticleRef;
use crate::Article;
use crate::corpus::{Corpus, each_word_hash, language};

/// An article with fewer words than this is very short.
const SHORT_WORDS: usize = 5;

/// An article with this many times the words of the middle one is very long, if it also has [`LONG_WORDS`].
const LONG_TIMES: usize = 20;

/// An article with fewer words than this is not very long, however short the others are.
const LONG_WORDS: usize = 2_000;

/// A language is one of the corpus's when at least this share of its articles is in it.
const LANGUAGE_SHARE: f64 = 0.05;

/// A shorter text, in bytes, does not tell its language.
const LANGUAGE_TEXT: usize = 200;

/// How many articles are looked at to tell the usual languages.
const LANGUAGE_SAMPLE: usize = 1_000;

/// An article of whose words at least this share stands in articles of the usual languages is in one of them, whatever the
/// detector says.
const USUAL_WORDS: f64 = 0.6;

/// Fewer tags and entities than this are no sign of markup.
const MARKS: usize = 3;

/// With fewer tags and entities than one to so many words, an article merely mentions some.
const WORDS_PER_MARK: usize = 25;

/// An article with something wrong about its text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TextFinding {
    /// The article.
    pub article: ArticleRef,
    /// What is wrong.
    #[serde(flatten)]
    pub problem: TextProblem,
}

/// What is wrong about a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "problem", rename_all = "kebab-case")]
pub enum TextProblem {
    /// Title and text hold no letter and no digit.
    Empty,
    /// Title and text have fewer than five words.
    VeryShort {
        /// How many words there are.
        words: usize,
    },
    /// Two thousand words and more, and twenty times as many as the middle article.
    VeryLong {
        /// How many words there are.
        words: usize,
        /// How many the middle article has.
        median: usize,
    },
    /// The article seems to be in a language that hardly any other is in.
    Language {
        /// The language, as an ISO 639-1 code.
        language: String,
        /// The languages of the corpus, the most frequent first.
        usual: Vec<String>,
    },
    /// HTML tags or entities, three and more and at least one to 25 words.
    Markup {
        /// How many there are.
        marks: usize,
    },
    /// Characters that were lost when the text was decoded (U+FFFD, or letters such as `Ã©` for `é`).
    Garbled {
        /// How many there are.
        characters: usize,
    },
}

impl fmt::Display for TextProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TextProblem::Empty => f.write_str("no words"),
            TextProblem::VeryShort { words } => write!(f, "{words} words"),
            TextProblem::VeryLong { words, median } => {
                write!(f, "{words} words; the middle article has {median}")
            }
            TextProblem::Language { language, usual } => {
                write!(f, "seems to be {language}, not {}", usual.join(" or "))
            }
            TextProblem::Markup { marks } => write!(f, "{marks} HTML tags and entities"),
            TextProblem::Garbled { characters } => write!(f, "{characters} garbled characters"),
        }
    }
}

/// The articles of `corpus` with something wrong about their texts: by problem, then in the order of the corpus. An article
/// may have several problems; one that is empty has no other.
pub fn text_findings(corpus: &Corpus) -> Vec<TextFinding> {
    let usual = Usual::of(corpus);
    let traits: Vec<Traits> = corpus.articles.par_iter().map(|article| Traits::of(article, &usual)).collect();
    let mut words: Vec<usize> = traits.iter().map(|of| of.words).collect();
    words.sort_unstable();
    let median = words.get(words.len().saturating_sub(1) / 2).copied().unwrap_or(0);
    let mut findings = Vec::new();
    for (place, of) in traits.iter().enumerate() {
        let problems = of.problems(median, &usual.languages);
        findings.extend(problems.into_iter().map(|problem| (place, problem)));
    }
    let rank = |problem: &TextProblem| match problem {
        TextProblem::Empty => 0,
        TextProblem::VeryShort { .. } => 1,
        TextProblem::VeryLong { .. } => 2,
        TextProblem::Language { .. } => 3,
        TextProblem::Markup { .. } => 4,
        TextProblem::Garbled { .. } => 5,
    };
    findings.sort_by_key(|(place, problem)| (rank(problem), *place));
    findings
        .into_iter()
        .map(|(place, problem)| TextFinding { article: ArticleRef::new(corpus, place), problem })
        .collect()
}

/// What is counted of an article.
struct Traits {
    /// Words parted by blanks that hold a letter or a digit.
    words: usize,
    /// The language, where it is none of the usual ones.
    other_language: Option<String>,
    marks: usize,
    garbled: usize,
}

impl Traits {
    fn of(article: &Article, usual: &Usual) -> Traits {
        let word = |word: &&str| word.chars().any(char::is_alphanumeric);
        let parts = [article.title.as_str(), article.text.as_str()];
        Traits {
            words: parts.iter().flat_map(|part| part.split_whitespace()).filter(word).count(),
            other_language: usual.other_language(article),
            marks: parts.iter().map(|part| marks(part)).sum(),
            garbled: parts.iter().map(|part| garbled(part)).sum(),
        }
    }

    fn problems(&self, median: usize, usual: &[String]) -> Vec<TextProblem> {
        let words = self.words;
        if words == 0 {
            return vec![TextProblem::Empty];
        }
        let mut problems = Vec::new();
        if words < SHORT_WORDS {
            problems.push(TextProblem::VeryShort { words });
        }
        if words >= LONG_WORDS && words >= LONG_TIMES * median.max(1) {
            problems.push(TextProblem::VeryLong { words, median });
        }
        if let Some(language) = &self.other_language {
            problems.push(TextProblem::Language { language: language.clone(), usual: usual.to_vec() });
        }
        if self.marks >= MARKS && self.marks * WORDS_PER_MARK >= words {
            problems.push(TextProblem::Markup { marks: self.marks });
        }
        if self.garbled > 0 {
            problems.push(TextProblem::Garbled { characters: self.garbled });
        }
        problems
    }
}

/// The usual languages of a corpus, and the words that stand in articles of these.
struct Usual {
    languages: Vec<String>,
    words: HashSet<u64, FixedState>,
}

impl Usual {
    /// Looks at a sample: telling a language takes longer than all else together.
    fn of(corpus: &Corpus) -> Usual {
        let stride = corpus.articles.len().div_ceil(LANGUAGE_SAMPLE).max(1);
        let sample: Vec<&Article> = corpus.articles.iter().step_by(stride).collect();
        let told: Vec<Option<String>> = sample.par_iter().map(|article| told_language(article)).collect();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for language in told.iter().flatten() {
            *counts.entry(language).or_default() += 1;
        }
        let all: usize = counts.values().sum();
        let mut usual: Vec<(&str, usize)> =
            counts.into_iter().filter(|(_, count)| *count as f64 >= LANGUAGE_SHARE * all as f64).collect();
        usual.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let languages: Vec<String> = usual.into_iter().map(|(language, _)| language.to_owned()).collect();
        let mut words = HashSet::default();
        for (article, language) in sample.iter().zip(&told) {
            if language.as_ref().is_some_and(|language| languages.contains(language)) {
                each_word_hash(article, |word| {
                    words.insert(word);
                });
            }
        }
        Usual { languages, words }
    }

    /// The language of an article, where it is none of the usual ones. A terse table of results is soon mistaken for French,
    /// but its words are the usual ones. Where a source states the language, that is enough.
    fn other_language(&self, article: &Article) -> Option<String> {
        if article.language.is_none() {
            let (mut usual, mut all) = (0, 0);
            each_word_hash(article, |word| {
                usual += usize::from(self.words.contains(&word));
                all += 1;
            });
            if usual as f64 >= USUAL_WORDS * f64::from(all) {
                return None;
            }
        }
        told_language(article)
            .filter(|language| !self.languages.is_empty() && !self.languages.contains(language))
    }
}

/// The language of an article, where it is stated, or can be told.
fn told_language(article: &Article) -> Option<String> {
    let enough = article.language.is_some() || article.text.len() >= LANGUAGE_TEXT;
    enough.then(|| language(article)).filter(|language| language != "unknown")
}

/// Tags that hold text together; others in angle brackets may be anything, such as the ticker of a company.
#[rustfmt::skip]
const TAGS: [&str; 32] = [
    "a", "article", "b", "blockquote", "body", "br", "div", "em", "figure", "font", "footer", "h1", "h2", "h3", "h4",
    "head", "header", "html", "i", "iframe", "img", "li", "link", "meta", "ol", "p", "script", "section", "span", "strong",
    "table", "ul",
];

/// How many HTML tags and entities stand in `text`. A tag counts where it could not be a word in brackets: it closes, has
/// attributes, or is in lower case and known.
fn marks(text: &str) -> usize {
    let mut count = 0;
    for (at, _) in text.match_indices('<') {
        let inside = &text[at + 1..];
        let Some(end) = inside.bytes().take(400).position(|byte| byte == b'>') else { continue };
        let tag = &inside[..end];
        let closing = tag.starts_with('/') || tag.ends_with('/');
        let name = tag.trim_matches('/').split_whitespace().next().unwrap_or_default();
        let attributes = tag.contains('=');
        let lower = name.to_ascii_lowercase();
        let known = TAGS.binary_search(&lower.as_str()).is_ok();
        count += usize::from(known && (closing || attributes || lower == name));
    }
    for (at, _) in text.match_indices('&') {
        let inside = &text.as_bytes()[at + 1..];
        let end = inside.iter().take(10).position(|byte| *byte == b';').unwrap_or(0);
        let name = &inside[..end];
        let numbered = name.first() == Some(&b'#') && name.len() > 1;
        let named = name.len() > 1 && name.iter().all(u8::is_ascii_alphabetic);
        count += usize::from(numbered || named);
    }
    count
}

/// How many characters were lost in decoding: replacement characters, and pairs that UTF-8 makes when it is read as
/// Latin-1 or Windows-1252.
fn garbled(text: &str) -> usize {
    if text.is_ascii() {
        return 0;
    }
    let lost = text.matches('\u{fffd}').count();
    let pair = |(first, second): (char, char)| {
        matches!(first, 'Ã' | 'Â') && matches!(second, '\u{80}'..='\u{bf}')
            || first == 'â' && matches!(second, '\u{80}' | '€')
    };
    lost + text.chars().zip(text.chars().skip(1)).filter(|&pairs| pair(pairs)).count()
}
