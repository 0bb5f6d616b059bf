//! Corpora, models and predictions that do not fit each other: each gets a clear error or a stated treatment.

#![allow(clippy::unwrap_used)]

use std::process::Output;

use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder with a model of exactly one topic, one of several, and files to use them on.
struct Place(TempDir);

impl Place {
    fn new() -> Place {
        let place = Place(tempfile::tempdir().unwrap());
        place.write("single.jsonl", (0..24).map(|n| line(n, &[TOPICS[n % 2]])));
        place.write(
            "several.jsonl",
            (0..24).map(|n| line(n, if n % 4 == 0 { &TOPICS } else { &TOPICS[1..] })),
        );
        place.gives(&["train", "single.jsonl", "--model", "m.st", "--effort", "fast"]);
        place
    }

    fn write(&self, name: &str, lines: impl IntoIterator<Item = Value>) {
        let lines: Vec<String> = lines.into_iter().map(|line| line.to_string()).collect();
        std::fs::write(self.0.path().join(name), lines.join("\n")).unwrap();
    }

    /// Runs the program in this folder; whatever happens, it must not panic.
    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = assert_cmd::Command::cargo_bin("topicwire").unwrap();
        let output = command.current_dir(self.0.path()).args(arguments).output().unwrap();
        assert!(!said(&output).contains("panicked"), "{}", said(&output));
        output
    }

    fn gives(&self, arguments: &[&str]) -> Output {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        output
    }

    /// Runs what must fail with `code` and say all of `parts`.
    fn refuses(&self, code: i32, arguments: &[&str], parts: &[&str]) {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", said(&output));
        for part in parts {
            assert!(said(&output).contains(part), "no `{part}` in: {}", said(&output));
        }
    }
}

const TOPICS: [&str; 2] = ["energy", "sport"];

fn line(n: usize, topics: &[&str]) -> Value {
    let word = ["crude oil", "cup match"][n % 2];
    json!({"id": format!("a{n}"), "title": word, "text": format!("{word} number {n}"), "topics": topics})
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json_of(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn topics_that_the_model_does_not_know_count_as_missed() {
    let place = Place::new();
    place.write("other.jsonl", (0..8).map(|n| line(n, &[["energy", "weather"][n % 2]])));
    let output = place.gives(&["evaluate", "--model", "m.st", "other.jsonl", "--json"]);
    assert!(said(&output).contains("has never seen 1 topics of these articles"), "{}", said(&output));
    assert!(said(&output).contains("weather (4)"));
    let figures = json_of(&output);
    assert_eq!(figures["topics"]["weather"]["recall"], 0.0);
    assert_eq!(figures["topics"]["weather"]["support"], 4);
    assert_eq!(figures["exact_match"], 0.5);
    let compared = json_of(&place.gives(&["compare", "m.st", "m.st", "other.jsonl", "--json"]));
    assert_eq!(compared["topics"]["weather"]["f1_b"], 0.0);
}

#[test]
fn a_model_of_one_topic_on_articles_of_several() {
    let place = Place::new();
    let output = place.gives(&["evaluate", "--model", "m.st", "several.jsonl"]);
    assert!(said(&output).contains("but 6 of these articles have none or several"), "{}", said(&output));
    // McNemar's test is for exactly one topic to an article.
    let compared = json_of(&place.gives(&["compare", "m.st", "m.st", "several.jsonl", "--json"]));
    assert_eq!(compared["mcnemar"], Value::Null);
    assert!(compared["verdict"].as_str().unwrap().starts_with("There is no difference"));
}

#[test]
fn articles_without_gold_topics() {
    let place = Place::new();
    let mut lines: Vec<Value> = (0..6).map(|n| line(n, &["energy"])).collect();
    lines[3].as_object_mut().unwrap().remove("topics");
    place.write("part.jsonl", lines);
    for command in [
        &["evaluate", "--model", "m.st", "part.jsonl"][..],
        &["compare", "m.st", "m.st", "part.jsonl"],
        &["cross-validate", "part.jsonl", "--folds", "2"],
    ] {
        place.refuses(1, command, &["part.jsonl:4", "--unlabelled skip"]);
    }
    let output =
        place.gives(&["evaluate", "--model", "m.st", "part.jsonl", "--unlabelled", "skip", "--json"]);
    assert!(said(&output).contains("Skipped 1 articles that are not labelled."), "{}", said(&output));
    assert_eq!(json_of(&output)["articles"], 5);
    // Labelled, and with none: a gold topic of nothing is gold.
    place.write("none.jsonl", (0..4).map(|n| line(n, &[])));
    let none = json_of(&place.gives(&["evaluate", "--model", "m.st", "none.jsonl", "--json"]));
    assert_eq!((&none["exact_match"], &none["micro"]["precision"]), (&json!(0.0), &json!(0.0)));
    // Nobody has to label what is only watched.
    place.gives(&["monitor", "--model", "m.st", "part.jsonl"]);
    std::fs::write(place.0.path().join("empty.jsonl"), "").unwrap();
    place.refuses(1, &["evaluate", "--model", "m.st", "empty.jsonl"], &["empty.jsonl: the file is empty"]);
    place.refuses(1, &["compare", "m.st", "m.st", "empty.jsonl"], &["empty.jsonl: the file is empty"]);
    place.refuses(1, &["monitor", "--model", "m.st", "empty.jsonl"], &["empty.jsonl: the file is empty"]);
    place.refuses(1, &["cross-validate", "empty.jsonl"], &["empty.jsonl: the file is empty"]);
}

#[test]
fn predictions_in_another_order_or_missing() {
    let place = Place::new();
    let prediction = |n: usize| json!({"id": format!("a{n}"), "topics": [TOPICS[n % 2]]});
    place.write("back.jsonl", (0..24).rev().map(prediction));
    let same = json_of(&place.gives(&["compare", "m.st", "back.jsonl", "single.jsonl", "--json"]));
    assert_eq!(same["differing"], json!([]));
    place.write("few.jsonl", (0..20).map(prediction));
    let parts = ["few.jsonl: 4 of the 24 articles have no prediction: a20, a21, a22, …", "the same ids"];
    place.refuses(1, &["compare", "m.st", "few.jsonl", "single.jsonl"], &parts);
}

#[test]
fn the_same_ids_for_other_texts() {
    let place = Place::new();
    place.write(
        "more.jsonl",
        (0..4).map(|n| line(n + 1, &[TOPICS[(n + 1) % 2]])).map(|mut line| {
            line["text"] = json!(format!("{} again", line["text"].as_str().unwrap()));
            line
        }),
    );
    let both = ["single.jsonl", "more.jsonl"];
    let output = place.gives(&["evaluate", "--model", "m.st", both[0], both[1], "--json"]);
    let part = "4 ids stand for articles of different texts, each of which counts: a1, a2, a3, …";
    assert!(said(&output).contains(part), "{}", said(&output));
    assert_eq!(json_of(&output)["articles"], 28);
    // Models see the texts; predictions have only the ids.
    assert!(said(&place.gives(&["compare", "m.st", "m.st", both[0], both[1]])).contains(part));
    let prediction = |n: usize| json!({"id": format!("a{n}"), "topics": ["energy"]});
    place.write("p.jsonl", (0..24).map(prediction));
    place.refuses(1, &["compare", "p.jsonl", "m.st", both[0], both[1]], &["two articles have the id a1"]);
    // The same article twice is no such case.
    let twice = place.gives(&["evaluate", "--model", "m.st", both[0], both[0]]);
    assert!(!said(&twice).contains("different texts"), "{}", said(&twice));
}
