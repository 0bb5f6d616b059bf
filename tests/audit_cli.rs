//! `topicwire audit`, as a user runs it.

use std::path::PathBuf;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

struct Place(TempDir);

impl Place {
    /// A folder with a corpus of ten articles, of which two are the same and one stands in the test corpus.
    fn new() -> Self {
        let place = Place(tempfile::tempdir().unwrap());
        let line = |id: &str, text: &str, topic: &str| {
            format!("{{\"id\": \"{id}\", \"text\": \"{text}\", \"topics\": [\"{topic}\"]}}\n")
        };
        let mut train = String::new();
        for n in 0..4 {
            train += &line(
                &format!("e{n}"),
                &format!("crude oil pipeline number {n} and barrels {n}{n}"),
                "energy",
            );
            train +=
                &line(&format!("s{n}"), &format!("penalty match coach number {n} and goals {n}{n}"), "sport");
        }
        train += &line("copy", "penalty match coach number 1 and goals 11", "energy");
        train += &line("leak", "the side won the final on penalties", "sport");
        let test = line("t1", "The side won the  final on penalties", "sport")
            + &line("t2", "nothing of the kind was said today", "energy");
        std::fs::write(place.path("train.jsonl"), train).unwrap();
        std::fs::write(place.path("test.jsonl"), test).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = assert_cmd::Command::cargo_bin("topicwire").unwrap();
        command.current_dir(self.0.path()).arg("audit").args(arguments).output().unwrap()
    }

    fn lines(&self, arguments: &[&str]) -> Vec<Value> {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[test]
fn a_line_to_each_finding() {
    let place = Place::new();
    let lines = place.lines(&["train.jsonl", "--against", "test.jsonl", "--output", "jsonl"]);
    let of = |kind: &str| lines.iter().filter(|line| line["finding"] == kind).collect::<Vec<_>>();
    let (leaks, copies) = (of("leak"), of("duplicates"));
    assert_eq!((leaks.len(), copies.len()), (1, 1), "{lines:?}");
    assert_eq!((&leaks[0]["article"]["id"], &leaks[0]["test"]["id"]), (&"leak".into(), &"t1".into()));
    assert_eq!(copies[0]["topics_differ"], true);
    assert_eq!(copies[0]["members"][1]["article"]["id"], "copy");
}

#[test]
fn fix_writes_the_corpus_without_copies_and_leaks() {
    let place = Place::new();
    let output = place.run(&["train.jsonl", "--against", "test.jsonl", "--fix", "clean.jsonl"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("8 of 10 articles") && said.contains("the topics differ"), "{said}");
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.contains("leaks into the test corpus") && table.contains("s1 copy"), "{table}");
    let clean = std::fs::read_to_string(place.path("clean.jsonl")).unwrap();
    assert_eq!(clean.lines().count(), 8);
    assert!(!clean.contains("\"leak\"") && !clean.contains("\"copy\""));
    let again = ["clean.jsonl", "--against", "test.jsonl", "--fail-on", "leaks,duplicates,conflicts"];
    assert_eq!(place.run(&again).status.code(), Some(0));
}

#[test]
fn a_check_that_fails_ends_with_three() {
    let place = Place::new();
    let output = place.run(&["train.jsonl", "--against", "test.jsonl", "--fail-on", "ids,leaks,conflicts"]);
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("1 articles that stand in the test corpus, 1 groups of copies"), "{said}");
    assert_eq!(place.run(&["train.jsonl", "--fail-on", "ids"]).status.code(), Some(0));
    assert_eq!(place.run(&["train.jsonl", "--fail-on", "leaks"]).status.code(), Some(2));
    assert_eq!(place.run(&["train.jsonl", "--similarity", "0"]).status.code(), Some(2));
    assert_eq!(place.run(&["missing.jsonl"]).status.code(), Some(1));
}

#[test]
fn labels_are_doubted_unless_told_not_to() {
    let place = Place::new();
    let mut corpus = String::new();
    for n in 0..40 {
        let (words, topic) =
            if n % 2 == 0 { ("crude oil pipeline", "energy") } else { ("penalty match coach", "sport") };
        let topic = if n == 6 { "sport" } else { topic };
        corpus += &format!(
            "{{\"id\": \"n{n}\", \"text\": \"{words} {n}{n} of day x{n}\", \"topics\": [\"{topic}\"]}}\n"
        );
    }
    std::fs::write(place.path("c.jsonl"), corpus).unwrap();
    let lines = place.lines(&["c.jsonl", "--output", "jsonl", "--similarity", "1"]);
    let doubt = lines.iter().find(|line| line["finding"] == "doubt").unwrap();
    assert_eq!((&doubt["article"]["id"], &doubt["kind"]), (&"n6".into(), &"wrong".into()));
    assert_eq!((&doubt["topic"], &doubt["instead"]), (&"sport".into(), &"energy".into()));
    assert!(doubt["evidence"][0]["word"].is_string());
    let table = String::from_utf8(place.run(&["c.jsonl"]).stdout).unwrap();
    assert!(table.contains("topics that may be wrong") && table.contains("energy"), "{table}");
    // One object with everything, for a program.
    let json: Value = serde_json::from_slice(&place.run(&["c.jsonl", "--output", "json"]).stdout).unwrap();
    assert_eq!(
        (&json["articles"], &json["labels"]["doubts"][0]["article"]["id"]),
        (&40.into(), &"n6".into())
    );
    assert!(
        place
            .lines(&["c.jsonl", "--output", "jsonl", "--no-labels"])
            .iter()
            .all(|line| line["finding"] != "doubt")
    );
    // What cannot be looked at is said.
    std::fs::write(place.path("one.jsonl"), "{\"text\": \"a\", \"topics\": [\"x\"]}\n{\"text\": \"b c\"}\n")
        .unwrap();
    let table = String::from_utf8(place.run(&["one.jsonl"]).stdout).unwrap();
    assert!(table.contains("Not looked at: the labels (1 labelled articles are too few"), "{table}");
}
