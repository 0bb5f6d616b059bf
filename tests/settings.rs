//! Every setting of a training is a flag and a key of the settings file, and either means the same.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;
use topicwire::features::Weighting;
use topicwire::text::Numbers;
use topicwire::train::{Classifier, Effort, TrainSettings};
use topicwire::{Article, Task};

/// A folder with a corpus `c.jsonl`.
struct Desk(TempDir);

impl Desk {
    fn new() -> Desk {
        let desk = Desk(tempfile::tempdir().unwrap());
        let mut corpus = String::new();
        for at in 0..30 {
            let (topic, text) = [
                ("energy", "Crude oil and natural gas flow through the pipeline again"),
                ("sport", "The coach praised the side after it won the cup final"),
                ("money", "The central bank raised its rate and yields of bonds rose"),
            ][at % 3];
            let article =
                Article::new(format!("a{at}"), "", format!("{text}, item {at}{at}.")).with_topics([topic]);
            corpus += &(serde_json::to_string(&article).unwrap() + "\n");
        }
        desk.put("c.jsonl", &corpus);
        desk
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn put(&self, name: &str, content: &str) {
        std::fs::write(self.path().join(name), content).unwrap();
    }

    /// Trains a model `name`; its exit code, and what was said.
    fn train(&self, name: &str, flags: &[&str]) -> (Option<i32>, String) {
        let mut command = assert_cmd::Command::cargo_bin("topicwire").unwrap();
        let arguments = [&["train", "c.jsonl", "--model", name], flags].concat();
        let output = command.current_dir(self.path()).args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }

    #[track_caller]
    fn trains(&self, name: &str, flags: &[&str]) -> Vec<u8> {
        let (code, said) = self.train(name, flags);
        assert_eq!(code, Some(0), "{flags:?}: {said}");
        std::fs::read(self.path().join(name)).unwrap()
    }

    fn settings_of(&self, model: &str) -> TrainSettings {
        topicwire::TopicModel::load(self.path().join(model)).unwrap().card().settings.clone()
    }
}

/// Settings in which every key has a value, and none the usual one.
fn all_settings() -> TrainSettings {
    TrainSettings {
        task: Some(Task::Multi),
        classifier: Classifier::Logistic,
        effort: Effort::Fast,
        languages: vec!["en".parse().unwrap(), "fr".parse().unwrap()],
        stem: false,
        numbers: Numbers::Drop,
        symbols: Some(false),
        ngrams: Some(2),
        // Not beside n-grams of the whole article.
        opening_pairs: false,
        log_ratios: false,
        // Not beside a compact model.
        self_training: false,
        min_articles: Some(1),
        // Not in a compact model.
        character_ngrams: Some(false),
        max_terms: 500,
        lead_tokens: Some(7),
        lead_weight: Some(0.25),
        title_weight: Some(0.75),
        weighting: Some(Weighting::Igm),
        cost: Some(2.5),
        selected_columns: 50,
        target: "recall=0.75".parse().unwrap(),
        topic_targets: [("energy".into(), "precision=0.5".parse().unwrap())].into(),
        at_least_one: true,
        compact: true,
        folds: Some(3),
        seed: 9,
    }
}

#[test]
fn flags_and_the_settings_file_make_the_same_model() {
    let desk = Desk::new();
    let settings = all_settings();
    let keys = serde_json::to_value(&settings).unwrap();
    let usual = serde_json::to_value(TrainSettings::default()).unwrap();
    let changed = |(key, value): (&String, &Value)| usual.get(key) != Some(value);
    assert!(keys.as_object().unwrap().iter().all(changed), "this must change every setting");
    by_flags_and_by_file(&desk, &settings);
    let other = TrainSettings {
        ngrams: Some(1),
        opening_pairs: true,
        compact: false,
        self_training: true,
        ..settings
    };
    by_flags_and_by_file(&desk, &other);
}

fn by_flags_and_by_file(desk: &Desk, settings: &TrainSettings) {
    let keys = serde_json::to_value(settings).unwrap();
    let mut flags = Vec::new();
    for (key, value) in keys.as_object().unwrap() {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Array(list) => list.iter().map(|v| v.as_str().unwrap()).collect::<Vec<_>>().join(","),
            Value::Object(map) => map.iter().map(|(k, v)| format!("{k}={}", v.as_str().unwrap())).collect(),
            other => other.to_string(),
        };
        flags.extend([format!("--{key}"), value]);
    }
    let by_flags = desk.trains("by-flags", &flags.iter().map(String::as_str).collect::<Vec<_>>());
    desk.put("s.toml", &toml::to_string(settings).unwrap());
    assert!(by_flags == desk.trains("by-file", &["--config", "s.toml"]));
    assert_eq!(desk.settings_of("by-file"), *settings);

    // A flag goes before the file.
    desk.trains("both", &["--config", "s.toml", "--seed", "4", "--stem", "true"]);
    assert_eq!(desk.settings_of("both"), TrainSettings { seed: 4, stem: true, ..settings.clone() });
}

#[test]
fn auto_is_a_value_in_the_file_as_on_the_command_line() {
    let desk = Desk::new();
    let usual = desk.trains("usual", &[]);
    for file in [
        "task = \"auto\"\nlanguage = \"auto\"\n",
        "task = \"auto\"\nlanguage = [\"auto\"]\n",
        "language = []\n",
    ] {
        desk.put("s.toml", file);
        assert!(desk.trains("auto", &["--config", "s.toml"]) == usual, "{file}");
    }
    assert!(desk.trains("flag", &["--task", "auto", "--language", "auto"]) == usual);
    // On the command line, auto takes back what the file says.
    desk.put("s.toml", "task = \"multi\"\nlanguage = \"de, fr\"\n");
    desk.trains("file", &["--config", "s.toml"]);
    assert_eq!(json!(desk.settings_of("file").languages), json!(["de", "fr"]));
    assert_eq!(desk.settings_of("file").task, Some(Task::Multi));
    assert!(desk.trains("back", &["--config", "s.toml", "--task", "auto", "--language", "auto"]) == usual);
}

#[test]
fn a_settings_file_that_is_wrong_says_what_can_be_written() {
    let desk = Desk::new();
    for (content, parts) in [
        ("colour = 1\n", &["colour", "classifier"][..]),
        ("effort = \"most\"\n", &["most", "fast"]),
        ("task = \"both\"\n", &["both", "auto"]),
        ("seed = -1\n", &["seed", "-1"]),
        ("cost = -2.5\n", &["cost = -2.5: choose a number above 0"]),
        ("folds = 99\n", &["folds = 99: choose 2 to 20"]),
        ("target = \"all\"\n", &["all", "precision=0.9"]),
        ("language = [\"xx\"]\n", &["xx", "such as en"]),
        ("language = [\"auto\", \"en\"]\n", &["`auto` stands alone"]),
        ("language = 7\n", &["7", "\"auto\", a code such as \"en\", or a list of codes"]),
        ("seed = \n", &["seed"]),
    ] {
        desk.put("s.toml", content);
        let (code, said) = desk.train("n", &["--config", "s.toml"]);
        assert_eq!(code, Some(2), "{content}: {said}");
        assert!(parts.iter().all(|part| said.contains(part)), "{content}: {said}");
    }
}
