//! Token to term: the settings of a model's text stage, and what they do to a word.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::symbols::{is_symbol, term_of_symbol, tokenize_with_symbols};
use super::tokenize::is_unspaced;
use super::{Language, Stemmer, Token, normalize, tokenize};

/// What becomes of tokens that are numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Numbers {
    /// Every number is a term of its own.
    Keep,
    /// Digits become `0`: `1987` and `1993` are one term, `12.5` another.
    #[default]
    Shape,
    /// Numbers are no terms.
    Drop,
}

/// How tokens become terms. It is data: a model stores it and gets the very same terms again.
///
/// ```
/// use topicwire::text::{Analyzer, Language};
///
/// let analyzer = Analyzer { languages: vec![Language::ENGLISH], ..Analyzer::default() };
/// let english = analyzer.for_language(Language::ENGLISH);
/// assert_eq!(english.term("Refineries").as_deref(), Some("refineri"));
/// assert_eq!(english.term("1987").as_deref(), Some("0000"));
/// assert_eq!(english.term("x"), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Analyzer {
    /// The languages that the articles are in, at least one. With one, it is taken for granted; with several,
    /// each article's is detected.
    pub languages: Vec<Language>,
    /// Whether words become stems, in languages that have a stemmer.
    pub stem: bool,
    /// What becomes of numbers.
    pub numbers: Numbers,
    /// Whether marks of punctuation, signs and emoji are terms too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub symbols: bool,
    /// The most words of a term: 1 for words alone, 2 for pairs of words too, 3 for triples.
    #[serde(default = "words_alone", skip_serializing_if = "are_words_alone")]
    pub ngrams: u8,
    /// Whether pairs of words of the title and of the opening of the text are terms there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub opening_pairs: bool,
}

fn words_alone() -> u8 {
    1
}

fn are_words_alone(ngrams: &u8) -> bool {
    *ngrams == 1
}

impl Default for Analyzer {
    fn default() -> Self {
        Analyzer {
            languages: vec![Language::ENGLISH],
            stem: true,
            numbers: Numbers::default(),
            symbols: false,
            ngrams: 1,
            opening_pairs: false,
        }
    }
}

impl Analyzer {
    /// Calls `each` for every word of `text`, and every run of a symbol where these are terms, from left to right.
    #[inline]
    pub fn tokenize<'a>(&self, text: &'a str, each: impl FnMut(Token<'a>)) {
        if self.symbols { tokenize_with_symbols(text, each) } else { tokenize(text, each) }
    }

    /// The analyzer at work on articles in `language`.
    pub fn for_language(&self, language: Language) -> TermMaker {
        let stemmer = if self.stem { language } else { Language::UNKNOWN };
        TermMaker { numbers: self.numbers, symbols: self.symbols, stemmer: Stemmer::new(stemmer) }
    }

    /// The number of the language of an article that states `stated` and reads `text`, as an index into
    /// [`Analyzer::languages`]. An article in none of them counts as the first.
    pub fn language_of(&self, stated: Option<&str>, text: &str) -> usize {
        if self.languages.len() == 1 {
            return 0;
        }
        let language = stated.and_then(|code| code.parse().ok()).unwrap_or_else(|| Language::detect(text));
        self.languages.iter().position(|&known| known == language).unwrap_or(0)
    }
}

/// [`Analyzer`] at work on one language.
#[derive(Debug)]
pub struct TermMaker {
    numbers: Numbers,
    symbols: bool,
    stemmer: Stemmer,
}

impl TermMaker {
    /// The term of `token`; `None` for a token that is no term: a letter or digit on its own, or a number or symbol where these
    /// are dropped.
    pub fn term(&self, token: &str) -> Option<String> {
        if is_symbol(token) {
            return if self.symbols { term_of_symbol(token) } else { None };
        }
        let word = normalize(token);
        let mut characters = word.chars();
        match (characters.next(), characters.next()) {
            (None, _) => return None,
            (Some(only), None) if !is_unspaced(only) => return None,
            _ => {}
        }
        if word.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b';' | b'\'')) {
            return match self.numbers {
                Numbers::Keep => Some(word),
                Numbers::Shape => {
                    Some(word.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect())
                }
                Numbers::Drop => None,
            };
        }
        match self.stemmer.stem(&word) {
            Cow::Borrowed(stem) if stem.len() == word.len() => Some(word),
            stem => Some(stem.into_owned()),
        }
    }
}
