//! The languages of a corpus.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::Article;
use crate::text::Language;

/// A language is one of the corpus's when at least this share of its articles is in it.
const SHARE: f64 = 0.05;

/// Texts shorter than this, in bytes, do not help to tell the languages of a corpus.
const LONG_ENOUGH: usize = 400;

/// How many articles are looked at.
const SAMPLE: usize = 200;

/// The languages that `articles` are in, the most frequent first.
pub(super) fn languages_of(articles: &[Article]) -> Vec<Language> {
    let stride = articles.len().div_ceil(SAMPLE).max(1);
    let sample: Vec<&Article> = articles.iter().step_by(stride).collect();
    // The language of each, and whether the article states it.
    let told = sample.par_iter().filter_map(|article| {
        let stated = article.language.as_deref().and_then(|code| code.parse().ok());
        // Short and terse texts, such as company results, are mistaken for anything.
        let long_enough = article.text.len() >= LONG_ENOUGH;
        let detected = || if long_enough { Language::detect(&article.text) } else { Language::UNKNOWN };
        let language = stated.unwrap_or_else(detected);
        (language != Language::UNKNOWN).then_some((language, stated.is_some()))
    });
    let told: Vec<(Language, bool)> = told.collect();
    let mut counts: BTreeMap<Language, usize> = BTreeMap::new();
    told.iter().for_each(|&(language, _)| *counts.entry(language).or_default() += 1);
    let mut languages: Vec<(Language, usize)> =
        counts.into_iter().filter(|&(_, count)| count as f64 >= SHARE * told.len() as f64).collect();
    languages.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let Some(&(first, _)) = languages.first() else {
        // Articles too short to tell: of one language, the one that most of them seem to be in together.
        let all: String = articles.iter().take(SAMPLE).map(|article| article.text.as_str()).collect();
        return vec![Language::detect(&all)];
    };
    // Where few are long enough, a single one is a large share of them, and may have been mistaken.
    let certain = |&(language, count): &(Language, usize)| {
        language == first || count > 1 || told.contains(&(language, true))
    };
    languages.into_iter().filter(certain).map(|(language, _)| language).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: &str = "The minister said on Tuesday that the new pipeline would carry natural gas from the coast to the capital. ";
    const GERMAN: &str = "Der Minister sagte am Dienstag, die neue Leitung werde Erdgas von der Küste in die Hauptstadt bringen. ";

    fn articles(english: usize, german: usize, language: Option<&str>) -> Vec<Article> {
        let article = |text: &str, language: Option<&str>| Article {
            language: language.map(str::to_owned),
            ..Article::new("", "", text.repeat(6))
        };
        let all = (0..english).map(|_| article(ENGLISH, None));
        all.chain((0..german).map(|_| article(GERMAN, language))).collect()
    }

    #[test]
    fn one_article_makes_no_language_unless_it_says_so() {
        let [english, german] = ["en", "de"].map(|code| code.parse().unwrap());
        assert_eq!(languages_of(&articles(9, 1, None)), [english]);
        assert_eq!(languages_of(&articles(9, 1, Some("de"))), [english, german]);
        assert_eq!(languages_of(&articles(9, 2, None)), [english, german]);
        assert_eq!(languages_of(&articles(0, 1, None)), [german]);
        assert_eq!(languages_of(&articles(99, 2, None)), [english], "and so few of many make none");
    }
}
