//! Words of a single article are terms where much of an article would be unknown without them.

use proptest::prelude::*;
use topicwire::features::{Vocabulary, VocabularyLimits};
use topicwire::text::{Analyzer, Language};
use topicwire::train::TrainSettings;
use topicwire::{Article, Corpus, Trainer};

/// Words as they are written.
fn unstemmed() -> Analyzer {
    Analyzer { languages: vec![Language::UNKNOWN], stem: false, ..Analyzer::default() }
}

/// A word for each number.
fn word(number: usize) -> String {
    format!(
        "w{}",
        number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect::<String>()
    )
}

/// `count` articles: each has `common` words that all have, one that the next has too, and one of its own.
fn articles(count: usize, common: usize) -> Vec<Article> {
    let text = |at: usize| {
        let own = [1_000 + at, 10_000 + at / 2];
        (0..common).chain(own).map(word).collect::<Vec<_>>().join(" ")
    };
    (0..count).map(|at| Article::new(at.to_string(), "", text(at))).collect()
}

fn vocabulary(articles: &[Article], min_articles: Option<u32>) -> Vocabulary {
    let limits = VocabularyLimits { min_articles, ..VocabularyLimits::default() };
    Vocabulary::build(articles, &unstemmed(), limits).0
}

#[test]
fn short_articles_keep_words_of_a_single_one_and_long_ones_do_not() {
    // Half of the words of two articles, of `common + 2` words in each, are 2 N₂ / N = 1 / (common + 2) of all.
    let (short, long) = (articles(400, 30), articles(400, 100));
    assert_eq!(vocabulary(&short, None).min_articles, 1);
    assert_eq!(vocabulary(&short, None).terms.len(), 30 + 400 + 200);
    assert_eq!(vocabulary(&long, None).min_articles, 2);
    assert_eq!(vocabulary(&long, None).terms.len(), 100 + 200);
}

#[test]
fn few_articles_keep_them_however_long() {
    assert_eq!(vocabulary(&articles(99, 100), None).min_articles, 1);
    assert_eq!(vocabulary(&articles(100, 100), None).min_articles, 2);
}

#[test]
fn very_many_different_words_are_no_terms_but_where_they_come_twice() {
    // 300 words of its own to an article, and 300 that the next has too.
    let articles = |count: usize| -> Vec<Article> {
        let text = |at: usize| {
            let own = (0..300).map(|number| word(1_000_000 + 300 * at + number));
            let shared = (0..300).map(|number| word(5_000_000 + 300 * (at / 2) + number));
            own.chain(shared).collect::<Vec<_>>().join(" ")
        };
        (0..count).map(|at| Article::new(at.to_string(), "", text(at))).collect()
    };
    assert_eq!(vocabulary(&articles(120), None).terms.len(), 120 * 450);
    assert_eq!(vocabulary(&articles(200), None).terms.len(), 100 * 300);
}

proptest! {
    #[test]
    fn what_is_said_is_done(count in 1_usize..200, common in 0_usize..60, minimum in 1_u32..4) {
        let found = vocabulary(&articles(count, common), Some(minimum));
        prop_assert_eq!(found.min_articles, minimum);
        prop_assert!(found.articles.iter().all(|&articles| articles >= minimum));
        // Nothing but what stands in fewer is left out.
        let wanted = [(common, count), (count, 1), (count / 2, 2), (count % 2, 1)];
        let wanted = wanted.iter().filter(|&&(_, articles)| articles >= minimum as usize);
        prop_assert_eq!(found.terms.len(), wanted.map(|&(words, _)| words).sum::<usize>());
    }
}

#[test]
fn no_article_is_not_a_minimum() {
    let settings = TrainSettings { min_articles: Some(0), ..TrainSettings::default() };
    assert!(Trainer::new(settings).unwrap_err().to_string().contains("min-articles = 0: choose 1 or more"));
}

/// Headlines about names: 100 of them stand in two headlines, and 100 in one.
#[test]
fn a_name_seen_once_is_known_again() {
    let headline = |name: usize, verb: &str| {
        let topic = if name.is_multiple_of(2) { "sport" } else { "energy" };
        Article::new(format!("{name} {verb}"), "", format!("{} {verb}", word(name))).with_topics([topic])
    };
    let twice = (0..100).flat_map(|name| [headline(name, "agrees"), headline(name, "travels")]);
    let corpus =
        Corpus::from(twice.chain((100..200).map(|name| headline(name, "agrees"))).collect::<Vec<_>>());
    let right = |min_articles: Option<u32>| {
        let settings = TrainSettings { min_articles, ..TrainSettings::default() };
        let model = Trainer::new(settings).unwrap().train(&corpus).unwrap();
        let asked: Vec<Article> = (100..200).map(|name| headline(name, "declines")).collect();
        let answers = model.predict_batch(&asked);
        let pairs = answers.iter().zip(&asked);
        pairs.filter(|(answer, asked)| answer.topics.iter().map(|t| &t.topic).eq(asked.labels())).count()
    };
    assert_eq!(right(None), 100);
    assert!(right(Some(2)) < 70);
}
