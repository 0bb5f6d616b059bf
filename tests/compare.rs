//! Two models on the same articles: figures, tests, and the matching of predictions by id.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};
use tempfile::TempDir;
use topicwire::evaluate::{Given, compare};
use topicwire::metrics::{Bootstrap, Difference, Judged, TopicSets, paired_bootstrap};
use topicwire::{Article, Corpus, Error, Topic, TopicModel};

fn labelled(topics: &[&[&str]]) -> Vec<Article> {
    let article = |(n, topics): (usize, &&[&str])| {
        Article::new(format!("id{n}"), "", "").with_topics(topics.iter().copied())
    };
    topics.iter().enumerate().map(article).collect()
}

fn given(topics: &[&[&str]]) -> Given {
    Given(topics.iter().map(|topics| topics.iter().map(|&topic| Topic::from(topic)).collect()).collect())
}

#[test]
fn differences_topic_by_topic() {
    let articles = labelled(&[&["x"], &["x", "y"], &[], &["y"]]);
    let a = given(&[&["x"], &["x"], &[], &["z"]]);
    let b = given(&[&["x"], &["y", "x"], &[], &["y"]]);
    let comparison = compare(&articles, &a, &b).unwrap();
    assert_eq!((comparison.a.exact_match, comparison.b.exact_match), (0.5, 1.0));
    let y = comparison.topics["y"];
    assert_eq!((y.support, y.given_a, y.given_b, y.f1_a, y.f1_b, y.difference), (2, 0, 2, 0.0, 1.0, 1.0));
    assert_eq!(comparison.topics["x"].difference, 0.0);
    assert_eq!((comparison.topics["z"].support, comparison.topics["z"].given_a), (0, 1));
    assert!(comparison.mcnemar.is_none());
    // The order of topics within an article is no difference.
    let ids: Vec<&str> = comparison.differing.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["id1", "id3"]);
    assert!((comparison.differences.micro_f1.difference - (1.0 - 4.0 / 7.0)).abs() < 1e-12);
}

#[test]
fn the_same_is_no_difference() {
    let articles = labelled(&[&["x"], &["y"], &["x"]]);
    let a = given(&[&["x"], &["x"], &["x"]]);
    let comparison = compare(&articles, &a, &a).unwrap();
    assert!(comparison.verdict.starts_with("There is no difference"), "{}", comparison.verdict);
    assert_eq!(comparison.mcnemar.unwrap().p_value, 1.0);
    assert_eq!(comparison.differences.macro_f1.p_value, 1.0);
    assert!(comparison.differing.is_empty());
}

#[test]
fn a_real_difference_is_told_from_luck() {
    let gold: Vec<Vec<u32>> = (0..300).map(|n| vec![n % 3]).collect();
    let wrong_every = |step: u32| -> TopicSets {
        TopicSets::from_indices((0..300).map(|n| [if n % step == 0 { (n + 1) % 3 } else { n % 3 }]))
    };
    let gold = TopicSets::from_indices(gold);
    let (poor, good, as_good) = (wrong_every(4), wrong_every(20), wrong_every(19));
    let judged = |given| Judged::new(&gold, given, 3).unwrap();
    let bootstrap = Bootstrap::default();
    let is_real = |of: Difference| of.interval.low > 0.0 || of.interval.high < 0.0;
    let real = paired_bootstrap(&judged(&poor), &judged(&good), &bootstrap).unwrap();
    assert!((real.micro_f1.difference - 60.0 / 300.0).abs() < 1e-12);
    assert!(is_real(real.micro_f1) && real.micro_f1.p_value < 0.01 && is_real(real.macro_f1));
    assert!(real.micro_f1.interval.contains(0.2));
    let back = paired_bootstrap(&judged(&good), &judged(&poor), &bootstrap).unwrap();
    assert_eq!(back.micro_f1.difference, -real.micro_f1.difference);
    let luck = paired_bootstrap(&judged(&good), &judged(&as_good), &bootstrap).unwrap();
    assert!(!is_real(luck.micro_f1) && luck.micro_f1.p_value > 0.3, "{luck:?}");
}

#[test]
fn verdicts() {
    let topics: Vec<&[&str]> = (0..100).map(|n| if n % 2 == 0 { &["x"][..] } else { &["y"][..] }).collect();
    let articles = labelled(&topics);
    let mut poor = topics.clone();
    poor[..30].fill(&["z"]);
    let (good, poor) = (given(&topics), given(&poor));
    let verdict = |a, b| compare(&articles, a, b).unwrap().verdict;
    assert!(verdict(&good, &poor).starts_with("A is better, and the difference is real"));
    assert!(verdict(&poor, &good).starts_with("B is better, and the difference is real"));
    let mut nearly = topics.clone();
    nearly[3] = &["x"];
    let luck = verdict(&good, &given(&nearly));
    assert!(luck.starts_with("No difference is shown"), "{luck}");
    assert!(luck.contains("p = 1.0000"), "{luck}");
    assert!(matches!(compare(&articles, &good, &given(&[&["x"]])), Err(Error::Corpus(_))));
    assert!(compare(&[Article::new("1", "", "")], &given(&[&["x"]]), &given(&[&["x"]])).is_err());
}

struct Place(TempDir);

impl Place {
    /// A folder with a labelled corpus.
    fn new() -> Self {
        let place = Place(tempfile::tempdir().unwrap());
        place.write("c.jsonl", &articles());
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, lines: &[Value]) {
        let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
        std::fs::write(self.path(name), lines.join("\n")).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = assert_cmd::Command::cargo_bin("topicwire").unwrap();
        command.current_dir(self.0.path()).args(arguments).output().unwrap()
    }

    fn gives(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn refuses(&self, predictions: &[Value], part: &str) {
        self.write("bad.jsonl", predictions);
        let output = self.run(&["compare", "bad.jsonl", "bad.jsonl", "c.jsonl"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("bad.jsonl") && said.contains(part), "no `{part}` in {said}");
    }
}

fn articles() -> Vec<Value> {
    let topic = |n: usize| ["energy", "sport"][n % 2];
    let word = |n: usize| ["crude oil", "cup match"][n % 2];
    let line =
        |n: usize| json!({"id": format!("a{n}"), "text": format!("{} {n}", word(n)), "topics": [topic(n)]});
    (0..24).map(line).collect()
}

fn prediction(id: usize, topic: &str) -> Value {
    json!({"id": format!("a{id}"), "topics": [{"topic": topic, "probability": 0.9}]})
}

#[test]
fn predictions_are_matched_by_id() {
    let place = Place::new();
    let right = |n: usize| prediction(n, ["energy", "sport"][n % 2]);
    let ordered: Vec<Value> = (0..24).map(right).collect();
    let mut shuffled: Vec<Value> = (0..24).rev().map(right).collect();
    shuffled.push(prediction(99, "energy"));
    place.write("a.jsonl", &ordered);
    place.write("b.jsonl", &shuffled);
    let comparison: Value =
        serde_json::from_str(&place.gives(&["compare", "a.jsonl", "b.jsonl", "c.jsonl", "--json"])).unwrap();
    assert_eq!(comparison["a"]["exact_match"], 1.0);
    assert_eq!(comparison["b"]["exact_match"], 1.0);
    assert_eq!(comparison["differing"], json!([]));

    // Bare names, and the model against them.
    let wrong: Vec<Value> = (0..24).map(|n| json!({"id": format!("a{n}"), "topics": ["energy"]})).collect();
    place.write("w.jsonl", &wrong);
    place.gives(&["train", "c.jsonl", "--model", "m.st"]);
    let table = place.gives(&["compare", "w.jsonl", "m.st", "c.jsonl"]);
    for part in ["They differ on 12 of 24", "and 2 more", "McNemar", "B is better", "a1", "macro F1"] {
        assert!(table.contains(part), "no `{part}` in {table}");
    }
    let all: Value =
        serde_json::from_str(&place.gives(&["compare", "w.jsonl", "m.st", "c.jsonl", "--json"])).unwrap();
    assert_eq!(all["differing"].as_array().unwrap().len(), 12);
    assert_eq!(all["mcnemar"]["only_second"], 12);
}

#[test]
fn what_predict_writes_is_what_the_model_gives() {
    let place = Place::new();
    place.gives(&["train", "c.jsonl", "--model", "m.st"]);
    std::fs::write(
        place.path("p.jsonl"),
        place.gives(&["predict", "--model", "m.st", "c.jsonl", "--output", "jsonl"]),
    )
    .unwrap();
    let table = place.gives(&["compare", "m.st", "p.jsonl", "c.jsonl"]);
    assert!(table.contains("There is no difference"), "{table}");
    let corpus = Corpus::read(place.path("c.jsonl")).unwrap().articles;
    let model = TopicModel::load(place.path("m.st")).unwrap();
    let read = |name: &str| Given::read(&place.path(name), &corpus).unwrap();
    assert_eq!(read("m.st"), Given::by_model(&model, &corpus));
    assert_eq!(read("p.jsonl"), read("m.st"));
}

#[test]
fn what_does_not_match_is_an_error() {
    let place = Place::new();
    let mut all: Vec<Value> = (0..24).map(|n| prediction(n, "energy")).collect();
    place.refuses(&all[..20], "4 of the 24 articles have no prediction: a20, a21, a22, …");
    all[3] = all[2].clone();
    place.refuses(&all, "two predictions have the id a2");
    all[3] = json!({"id": "a3", "error": "no text"});
    place.refuses(&all, "bad.jsonl:4: there is no prediction for a3: no text");
    all[3] = json!({"name": "a3"});
    place.refuses(&all, "bad.jsonl:4: neither a model nor a prediction");
    assert!(matches!(Given::read(Path::new("missing.jsonl"), &[]), Err(Error::Read { .. })));
    // Ids that repeat are told apart by their order alone.
    let twice = [Article::new("x", "", "").with_topics(["a"]), Article::new("x", "", "").with_topics(["b"])];
    let line = |topic: &str| json!({"id": "x", "topics": [topic]});
    place.write("twice.jsonl", &[line("a"), line("b")]);
    let read = Given::read(&place.path("twice.jsonl"), &twice).unwrap();
    assert_eq!(read, Given(vec![vec!["a".into()], vec!["b".into()]]));
}
