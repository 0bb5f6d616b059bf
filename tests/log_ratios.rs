//! Where articles have exactly one topic, the log ratios of naive Bayes are blended into the weights.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use topicwire::corpus::ReadOptions;
use topicwire::evaluate::cross_validate;
use topicwire::train::{Classifier, Effort, TrainSettings};
use topicwire::{Corpus, TopicModel, Trainer};

/// The articles of the starter corpus that `options` admits.
fn starter(options: &ReadOptions) -> Corpus {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/newsroom.jsonl");
    Corpus::read_all(&[path], options).unwrap().corpus
}

fn with_one_topic() -> Corpus {
    starter(&ReadOptions { min_topics: 1, max_topics: Some(1), ..ReadOptions::default() })
}

fn quick() -> TrainSettings {
    TrainSettings { effort: Effort::Fast, folds: Some(5), ..TrainSettings::default() }
}

fn train(settings: TrainSettings, corpus: &Corpus) -> TopicModel {
    Trainer::new(settings).unwrap().train(corpus).unwrap()
}

#[test]
fn they_make_probabilities_better_on_articles_not_seen() {
    let loss = |log_ratios: bool| {
        let settings = TrainSettings { log_ratios, ..quick() };
        cross_validate(&with_one_topic(), &settings, 5, &|_, _| ()).unwrap().mean.log_loss.mean
    };
    let (with, without) = (loss(true), loss(false));
    assert!(with < 0.95 * without, "log loss {with} with log ratios, {without} without");
}

#[test]
fn the_report_says_how_much_of_the_scores_they_are() {
    let one = with_one_topic();
    let part = |settings: TrainSettings, corpus: &Corpus| train(settings, corpus).card().report.log_ratios;
    let blended = part(quick(), &one);
    assert!(blended > 0.05 && blended < 0.95, "{blended}");
    assert_eq!(part(TrainSettings { log_ratios: false, ..quick() }, &one), 0.0);
    assert_eq!(part(TrainSettings { classifier: Classifier::NaiveBayes, ..quick() }, &one), 0.0);
    assert_eq!(
        part(quick(), &starter(&ReadOptions::default())),
        0.0,
        "articles have several topics, or none"
    );
}

#[test]
fn models_are_the_same_on_any_number_of_threads() {
    let one = with_one_topic();
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let many = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    let bytes = |pool: rayon::ThreadPool| pool.install(|| train(quick(), &one)).as_bytes().to_vec();
    assert!(bytes(alone) == bytes(many));
}
