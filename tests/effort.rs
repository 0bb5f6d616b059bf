//! A training fits no more than it takes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::atomic::{AtomicUsize, Ordering};

use topicwire::train::{Effort, Step, TrainSettings};
use topicwire::{Article, Corpus, Trainer};

/// `count` articles, each with one of three topics, and one with none where `one_without`.
fn corpus(count: usize, one_without: bool) -> Corpus {
    let topics = ["energy", "sport", "culture"];
    let words = [["oil", "gas", "coal"], ["match", "cup", "goal"], ["opera", "novel", "film"]];
    let article = |at: usize| {
        let (topic, word) = (at % 3, at / 3 % 3);
        let text =
            format!("The {} and the {} of day{}", words[topic][word], words[topic][(word + 1) % 3], at % 50);
        Article::new(at.to_string(), "", text).with_topics([topics[topic]])
    };
    let mut articles: Vec<Article> = (0..count).map(article).collect();
    if one_without {
        articles[0] = Article::new("none", "", "Nothing to see").with_topics([""; 0]);
    }
    Corpus::from(articles)
}

/// How many fits a training of little effort announces after it has chosen its settings, and how many it makes.
fn fits(corpus: &Corpus) -> (usize, usize) {
    fits_of(corpus, Effort::Fast)
}

fn fits_of(corpus: &Corpus, effort: Effort) -> (usize, usize) {
    let settings = TrainSettings { effort, ..TrainSettings::default() };
    let (announced, made) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let tell = |step: Step<'_>| match step {
        Step::Fitting(count) => announced.store(count, Ordering::Relaxed),
        Step::Fitted => drop(made.fetch_add(1, Ordering::Relaxed)),
        _ => {}
    };
    Trainer::new(settings).unwrap().train_with(corpus, &tell).unwrap();
    (announced.into_inner(), made.into_inner())
}

#[test]
fn where_articles_have_one_topic_a_part_of_them_tells_what_scores_mean() {
    // Three folds; two hold 2,500 articles of 6,000, one holds them of 9,000. And one fit of all.
    assert_eq!(fits(&corpus(6_000, false)), (3, 3));
    assert_eq!(fits(&corpus(9_000, false)), (2, 2));
}

#[test]
fn where_they_have_several_thresholds_need_them_all() {
    assert_eq!(fits(&corpus(5_100, true)), (4, 4));
}

#[test]
fn with_thousands_of_articles_to_each_topic_a_part_of_them_tells_its_threshold() {
    // A third of 20,000 articles holds 2,000 and more of each topic; of 12,000, two thirds do.
    assert_eq!(fits(&corpus(20_000, true)), (2, 2));
    assert_eq!(fits(&corpus(12_000, true)), (3, 3));
    // Of five folds two were scored to choose settings: that is enough.
    assert_eq!(fits_of(&corpus(20_000, true), Effort::Default), (1, 1));
}
