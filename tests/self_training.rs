//! Articles without labels are learned from too.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use assert_cmd::Command;
use topicwire::corpus::ReadOptions;
use topicwire::evaluate::{cross_validate, evaluate_model};
use topicwire::metrics::Evaluation;
use topicwire::train::{Effort, TrainSettings};
use topicwire::{Article, Corpus, Split, TopicModel, Trainer};

/// The articles of one part of the starter corpus.
fn starter(split: Split) -> Vec<Article> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/newsroom.jsonl");
    let options = ReadOptions { split: Some(split), ..ReadOptions::default() };
    Corpus::read_all(&[path], &options).unwrap().corpus.articles
}

/// The training part, with labels on every third article alone.
fn sparsely_labelled() -> Vec<Article> {
    let mut articles = starter(Split::Train);
    articles
        .iter_mut()
        .enumerate()
        .filter(|(at, _)| at % 3 != 0)
        .for_each(|(_, article)| article.topics = None);
    articles
}

fn labelled(articles: &[Article]) -> Vec<Article> {
    articles.iter().filter(|article| article.topics.is_some()).cloned().collect()
}

fn quick(self_training: bool) -> TrainSettings {
    TrainSettings { effort: Effort::Fast, folds: Some(5), self_training, ..TrainSettings::default() }
}

fn train(settings: TrainSettings, articles: Vec<Article>) -> TopicModel {
    Trainer::new(settings).unwrap().train(&Corpus::from(articles)).unwrap()
}

fn on_test_part(model: &TopicModel) -> Evaluation {
    evaluate_model(model, &starter(Split::Test)).unwrap().evaluation
}

#[test]
fn they_make_answers_and_probabilities_better() {
    // Words of a single article help most who has few labels: without them, articles without labels bring more.
    for (min_articles, share) in [(None, 0.98), (Some(2), 0.96)] {
        let settings = |self_training| TrainSettings { min_articles, ..quick(self_training) };
        let articles = sparsely_labelled();
        let alone = on_test_part(&train(settings(false), labelled(&articles)));
        let model = train(settings(true), articles.clone());
        let with = on_test_part(&model);
        let report = &model.card().report;
        assert_eq!(report.articles as usize, labelled(&articles).len());
        assert!(report.self_labelled > 100, "{} without labels were learned from", report.self_labelled);
        let (before, after) = (alone.micro.f1, with.micro.f1);
        assert!(after > before + 0.005, "micro-F1 {after} with articles without labels, {before} without");
        let (before, after) = (alone.log_loss.unwrap(), with.log_loss.unwrap());
        assert!(after < share * before, "log loss {after} with articles without labels, {before} without");
    }
}

#[test]
fn with_exactly_one_topic_to_an_article_too() {
    let one = |article: &Article| article.topics.as_ref().is_none_or(|topics| topics.len() == 1);
    let articles: Vec<Article> = sparsely_labelled().into_iter().filter(one).collect();
    let model = train(quick(true), articles.clone());
    assert_eq!(model.card().report.with_one_topic as usize, labelled(&articles).len());
    assert!(model.card().report.self_labelled > 0);
}

#[test]
fn models_are_the_same_on_any_number_of_threads() {
    let bytes = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| train(quick(true), sparsely_labelled())).as_bytes().to_vec()
    };
    assert!(bytes(1) == bytes(3));
}

#[test]
fn cross_validation_asks_about_labelled_articles_alone() {
    let articles = sparsely_labelled();
    let count = labelled(&articles).len();
    let figures = cross_validate(&Corpus::from(articles), &quick(true), 3, &|_, _| ()).unwrap();
    assert_eq!(figures.articles, count);
    assert_eq!(figures.folds.iter().map(|fold| fold.articles).sum::<usize>(), count);
}

#[test]
fn without_being_asked_for_they_are_refused() {
    let error = Trainer::new(quick(false)).unwrap().train(&Corpus::from(sparsely_labelled())).unwrap_err();
    assert!(error.to_string().contains("--self-training"), "{error}");
    let both = TrainSettings { compact: true, ..quick(true) };
    assert!(Trainer::new(both).unwrap_err().to_string().contains("choose one"));
    let none: Vec<Article> =
        sparsely_labelled().into_iter().filter(|article| article.topics.is_none()).collect();
    let error = Trainer::new(quick(true)).unwrap().train(&Corpus::from(none)).unwrap_err();
    assert!(error.to_string().contains("nothing to tell apart"), "{error}");
}

#[test]
fn the_flag_reads_them_and_inspect_tells_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let (with, without) = (folder.path().join("with.jsonl"), folder.path().join("without.jsonl"));
    let (open, done): (Vec<Article>, Vec<Article>) =
        sparsely_labelled().into_iter().partition(|article| article.topics.is_none());
    for (path, articles) in [(&with, done), (&without, open)] {
        let lines: Vec<String> =
            articles.iter().map(|article| serde_json::to_string(article).unwrap() + "\n").collect();
        std::fs::write(path, lines.concat()).unwrap();
    }
    let model = folder.path().join("model.safetensors");
    let topicwire = || Command::cargo_bin("topicwire").unwrap();
    let train = ["train", "--effort", "fast", "--folds", "5", "--self-training", "--model"];
    topicwire().args(train).arg(&model).args([&with, &without]).assert().success();
    let inspected = topicwire().arg("inspect").arg(&model).assert().success();
    let text = String::from_utf8_lossy(&inspected.get_output().stdout).into_owned();
    assert!(text.contains("without labels, with topics that"), "{text}");
}
