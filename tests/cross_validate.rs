//! Cross-validation tells nothing to a fold, and the learning curve rises where there is something to learn.

#![allow(clippy::unwrap_used)]

use std::process::Output;

use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use topicwire::evaluate::{Spread, cross_validate, learning_curve};
use topicwire::train::{Effort, TrainSettings};
use topicwire::{Article, Corpus, Error, Task};

fn fast() -> TrainSettings {
    TrainSettings { effort: Effort::Fast, ..TrainSettings::default() }
}

/// Articles of `length` words out of `vocabulary`, a word for every topic among them with the given chance.
fn articles(count: usize, topics: usize, told: f64, seed: u64) -> Vec<Article> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let noise: Vec<String> = (0..300).map(|n| format!("wort{n}x")).collect();
    (0..count)
        .map(|n| {
            let topic = random.random_range(0..topics);
            let mut words: Vec<&str> =
                (0..30).filter_map(|_| noise.choose(&mut random)).map(String::as_str).collect();
            let sign = format!("sign{topic}");
            if random.random_bool(told) {
                words[7] = &sign;
            }
            Article::new(n.to_string(), "", words.join(" ")).with_topics([format!("t{topic}")])
        })
        .collect()
}

#[test]
fn figures_of_folds_come_together() {
    let corpus = Corpus::from(articles(200, 2, 0.9, 1));
    let heard = std::cell::RefCell::new(Vec::new());
    let figures = cross_validate(&corpus, &fast(), 4, &|fold, _| heard.borrow_mut().push(fold)).unwrap();
    assert_eq!(heard.into_inner(), [0, 1, 2, 3]);
    assert_eq!((figures.articles, figures.task, figures.folds.len()), (200, Task::Single, 4));
    assert_eq!(figures.folds.iter().map(|fold| fold.articles).sum::<usize>(), 200);
    assert!(figures.folds.iter().all(|fold| fold.learned_from + fold.articles == 200));
    assert!(figures.folds.iter().all(|fold| (45..=55).contains(&fold.articles)), "{figures:?}");
    assert_eq!(figures.topics.values().map(|topic| topic.support).sum::<u64>(), 200);
    assert!((0.85..=1.0).contains(&figures.mean.micro_f1.mean), "{figures:?}");
    let mean = figures.folds.iter().map(|fold| fold.micro_f1).sum::<f64>() / 4.0;
    assert!((figures.mean.micro_f1.mean - mean).abs() < 1e-12);
    let right: f64 = figures.folds.iter().map(|fold| fold.exact_match * fold.articles as f64).sum();
    assert!((figures.micro.f1 - right / 200.0).abs() < 1e-12);
    let again = cross_validate(&corpus, &fast(), 4, &|_, _| ()).unwrap();
    assert_eq!(figures, again);
}

#[test]
fn a_fold_is_told_nothing() {
    // Labels by lot, and each article twice, all but the same: whoever knew the copy would be right.
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let mut all = Vec::new();
    for article in articles(100, 2, 0.0, 2) {
        let topic = format!("t{}", random.random_range(0..2));
        let copy =
            Article::new(format!("{}c", article.id), "", format!("{} late city edition", article.text));
        all.extend([article, copy].map(|article| article.with_topics([topic.clone()])));
    }
    let figures = cross_validate(&Corpus::from(all), &fast(), 5, &|_, _| ()).unwrap();
    assert!((0.3..=0.7).contains(&figures.mean.exact_match.mean), "{:?}", figures.mean);
}

#[test]
fn the_task_is_that_of_the_whole_corpus() {
    // One article of 60 has two topics: without its fold the corpus would look like one of exactly one topic.
    let mut all = articles(60, 2, 1.0, 4);
    all[0] = all[0].clone().with_topics(["t0", "t1"]);
    let corpus = Corpus::from(all);
    let figures = cross_validate(&corpus, &fast(), 3, &|_, _| ()).unwrap();
    assert_eq!(figures.task, Task::Multi);
    let told = TrainSettings { task: Some(Task::Multi), ..fast() };
    assert_eq!(figures, cross_validate(&corpus, &told, 3, &|_, _| ()).unwrap());
}

#[test]
fn the_curve_rises() {
    let corpus = Corpus::from(articles(400, 16, 0.95, 5));
    let curve = learning_curve(&corpus, &fast(), 5, 2, &|_, _| ()).unwrap();
    assert_eq!(curve.folds, 2);
    let shares: Vec<f64> = curve.points.iter().map(|point| point.share).collect();
    assert_eq!(shares, [0.1, 0.2, 0.4, 0.7, 1.0]);
    for point in &curve.points {
        assert!((point.articles - 320.0 * point.share).abs() < 8.0, "{point:?}");
        assert!(point.problem.is_none());
    }
    let f1: Vec<f64> = curve.points.iter().map(|point| point.micro_f1.mean).collect();
    assert!(f1[4] > f1[0] + 0.1 && f1[4] > 0.85, "{f1:?}");
    assert!(curve.topics.windows(2).all(|pair| pair[0].gain >= pair[1].gain));
    assert_eq!(curve.topics.len(), 16);
    assert!(curve.topics.iter().all(|topic| (topic.f1 - topic.f1_before - topic.gain).abs() < 1e-12));

    // The last point is the first folds of the cross-validation.
    let whole = cross_validate(&corpus, &fast(), 5, &|_, _| ()).unwrap();
    let of_two = Spread::of(whole.folds[..2].iter().map(|fold| fold.micro_f1));
    assert_eq!(curve.points[4].micro_f1, of_two);
}

#[test]
fn a_share_too_small_to_learn_from_says_so() {
    // A tenth of the articles have one topic only, or there are none.
    let corpus = Corpus::from(articles(9, 2, 1.0, 6));
    let curve = learning_curve(&corpus, &fast(), 3, 1, &|_, _| ()).unwrap();
    assert!(curve.points[0].problem.is_some(), "{curve:?}");
    assert!(curve.points[4].problem.is_none());
}

#[test]
fn what_cannot_be_done_is_an_error() {
    let corpus = Corpus::from(articles(10, 2, 1.0, 7));
    let error = |folds| cross_validate(&corpus, &fast(), folds, &|_, _| ()).unwrap_err();
    assert!(matches!(error(1), Error::Settings(_)));
    assert!(error(11).to_string().contains("fewer than 11 folds"));
    let mut same = vec![corpus.articles[0].clone(); 10];
    same[3].topics = Some(vec!["t9".into()]);
    let problem = cross_validate(&Corpus::from(same), &fast(), 5, &|_, _| ()).unwrap_err().to_string();
    assert!(problem.contains("near copies"), "{problem}");
}

fn run(arguments: &[&str]) -> Output {
    assert_cmd::Command::cargo_bin("topicwire").unwrap().args(arguments).output().unwrap()
}

fn gives(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn at_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.jsonl");
    Corpus::from(articles(120, 3, 0.9, 8)).write(&path, topicwire::corpus::Format::Jsonl).unwrap();
    let path = path.to_str().unwrap();

    let figures: Value =
        serde_json::from_str(&gives(&["cross-validate", path, "--folds", "3", "--effort", "fast", "--json"]))
            .unwrap();
    assert_eq!(figures["folds"].as_array().unwrap().len(), 3);
    assert!(figures["mean"]["micro_f1"]["standard_error"].is_number());
    assert!(figures["micro"]["f1"].is_number() && figures["macro"]["f1"].is_number());
    assert_eq!(figures["topics"].as_object().unwrap().len(), 3);

    let table = gives(&["cross-validate", path, "--folds", "3", "--effort", "fast", "--training-folds", "2"]);
    for part in ["mean ± standard error", "all (micro)", "all (macro)", "t2", "accuracy"] {
        assert!(table.contains(part), "no {part} in {table}");
    }
    let curve = gives(&["cross-validate", path, "--learning-curve", "--effort", "fast"]);
    for part in ["10 %", "100 %", "last step"] {
        assert!(curve.contains(part), "no {part} in {curve}");
    }
    let curve =
        gives(&["cross-validate", path, "--folds", "3", "--learning-curve=2", "--effort", "fast", "--json"]);
    let curve: Value = serde_json::from_str(&curve).unwrap();
    assert_eq!((&curve["folds"], curve["points"].as_array().unwrap().len()), (&Value::from(2), 5));

    assert_eq!(run(&["cross-validate", path, "--folds", "1"]).status.code(), Some(2));
    assert_eq!(run(&["cross-validate", path, "--training-folds", "1"]).status.code(), Some(2));
}
