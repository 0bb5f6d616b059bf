//! The contract of the command line, on which users script.

use std::path::PathBuf;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;
use topicwire::train::TrainSettings;

struct Place(TempDir);

impl Place {
    /// A folder with a corpus and a model of two topics.
    fn new() -> Self {
        let place = Place(tempfile::tempdir().unwrap());
        let mut corpus = String::new();
        for n in 0..8 {
            // No two articles are the same: copies would stand in one fold.
            let day = ["monday", "tuesday", "friday"][n % 3];
            let mut add = |id: &str, text: &str, labels: &str| {
                corpus += &format!("{{\"id\": \"{id}{n}\", \"text\": \"{text} {n}{n} {day}\", {labels}}}\n");
            };
            add("e", "crude oil pipeline", "\"topics\": [\"energy\"]");
            add("s", "penalty match coach", "\"labels\": [\"sport\"]");
            add("n", "onions carrots", "\"topics\": []");
            add("b", "crude oil on the pitch stopped the match", "\"topics\": [\"energy\", \"sport\"]");
        }
        std::fs::write(place.path("c.jsonl"), corpus).unwrap();
        let output = place.run(&["train", "c.jsonl", "--model", "m.safetensors"], "");
        assert!(output.status.success(), "{output:?}");
        assert!(
            stderr(&output).contains("Task: multi (32 articles; 16 have no topic or several)"),
            "{output:?}"
        );
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = assert_cmd::Command::cargo_bin("topicwire").unwrap();
        command.current_dir(self.0.path()).args(arguments).write_stdin(input).output().unwrap()
    }

    /// What a run that must succeed writes to standard output.
    fn gives(&self, arguments: &[&str], input: &str) -> String {
        let output = self.run(arguments, input);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn predict_writes_a_line_of_json_for_each_article_in_order() {
    let place = Place::new();
    let mut input = String::new();
    for n in 0..5_000 {
        input += &format!(
            "{{\"id\": {n}, \"text\": \"crude oil pipeline match {}\"}}\n",
            "filler ".repeat(n % 90)
        );
    }
    for threads in ["1", "2", "4"] {
        let output = place.gives(&["predict", "--model", "m.safetensors", "-", "--threads", threads], &input);
        let lines = lines(&output);
        assert_eq!(lines.len(), 5_000);
        for (n, line) in lines.iter().enumerate() {
            assert_eq!(line["id"], n.to_string());
            let topics = line["topics"].as_array().unwrap();
            let probabilities: Vec<f64> =
                topics.iter().map(|topic| topic["probability"].as_f64().unwrap()).collect();
            assert!(probabilities.is_sorted_by(|a, b| a >= b));
            assert!(line.get("probabilities").is_none() && line.get("language").is_none());
        }
    }
}

#[test]
fn all_scores_adds_every_topic() {
    let place = Place::new();
    let output =
        place.gives(&["predict", "--model", "m.safetensors", "--text", "crude oil", "--all-scores"], "");
    let line = &lines(&output)[0];
    assert_eq!(line["probabilities"].as_object().unwrap().keys().collect::<Vec<_>>(), ["energy", "sport"]);
    assert_eq!(line["topics"][0]["topic"], "energy");
}

#[test]
fn a_wrong_line_stands_in_its_place() {
    let place = Place::new();
    let input = "{\"id\": \"a\", \"text\": \"oil\"}\nnonsense\n{\"id\": \"c\", \"text\": \"match\"}\n";
    let output = place.run(&["predict", "--model", "m.safetensors", "-"], input);
    let lines = lines(&String::from_utf8(output.stdout.clone()).unwrap());
    assert_eq!((&lines[0]["id"], &lines[2]["id"]), (&"a".into(), &"c".into()));
    assert!(lines[1]["error"].as_str().unwrap().contains("JSON"), "{lines:?}");
    assert!(lines[1]["id"].as_str().unwrap().ends_with(":2"), "{lines:?}");
    assert!(stderr(&output).contains("Skipped 1 record"), "{output:?}");
    let output = place.run(&["predict", "--model", "m.safetensors", "-", "--on-error", "fail"], input);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn csv_and_tables_hold_the_same() {
    let place = Place::new();
    let input = "{\"id\": \"a\", \"title\": \"Oil, again\", \"text\": \"crude oil pipeline\"}\n";
    let csv = place.gives(&["predict", "--model", "m.safetensors", "-", "--output", "csv"], input);
    let mut rows = csv.lines();
    assert_eq!(rows.next(), Some("id,topics,probabilities"));
    assert!(rows.next().unwrap().starts_with("a,energy,0."), "{csv}");
    let table = place.gives(&["predict", "--model", "m.safetensors", "-", "--output", "table"], input);
    assert!(table.contains("Oil, again") && table.contains("energy"), "{table}");
}

#[test]
fn packed_files_are_read_as_they_are() {
    use std::io::Write;
    let place = Place::new();
    let line = b"{\"id\": \"a\", \"text\": \"crude oil pipeline\"}\n";
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(line).unwrap();
    std::fs::write(place.path("a.jsonl.gz"), gz.finish().unwrap()).unwrap();
    std::fs::write(place.path("a.jsonl.zst"), zstd::encode_all(&line[..], 0).unwrap()).unwrap();
    let output = place.gives(&["predict", "--model", "m.safetensors", "a.jsonl.gz", "a.jsonl.zst"], "");
    assert_eq!(lines(&output).len(), 2);
}

#[test]
fn without_a_model_the_starter_model_answers_and_says_so_once() {
    let place = Place::new();
    let output = place.run(&["predict", "--text", "OPEC cut its crude oil output quota again"], "");
    assert!(String::from_utf8_lossy(&output.stdout).contains("energy"), "{output:?}");
    assert_eq!(stderr(&output).matches("starter model").count(), 1);
    assert_eq!(stderr(&place.run(&["predict", "--quiet", "--text", "oil"], "")), "");
}

#[test]
fn models_of_several_languages_name_the_language() {
    let place = Place::new();
    let mut corpus = String::new();
    for n in 0..10 {
        corpus += &format!(
            "{{\"id\":\"e{n}\",\"language\":\"en\",\"text\":\"crude oil pipeline\",\"topics\":[\"energy\"]}}\n\
             {{\"id\":\"d{n}\",\"language\":\"de\",\"text\":\"Rohöl Leitungen\",\"topics\":[\"energy\"]}}\n\
             {{\"id\":\"s{n}\",\"language\":\"de\",\"text\":\"Elfmeter und Trainer\",\"topics\":[\"sport\"]}}\n"
        );
    }
    place.gives(&["train", "-", "--model", "two.safetensors"], &corpus);
    let input = "{\"id\": \"a\", \"language\": \"de\", \"text\": \"Leitung\"}\n";
    let line = &lines(&place.gives(&["predict", "--model", "two.safetensors", "-"], input))[0];
    assert_eq!((&line["language"], &line["topics"][0]["topic"]), (&"de".into(), &"energy".into()));
}

#[test]
fn evaluate_writes_the_figures_of_the_contract() {
    let place = Place::new();
    let output = place.gives(&["evaluate", "--model", "m.safetensors", "c.jsonl", "--json"], "");
    let figures: Value = serde_json::from_str(&output).unwrap();
    assert_eq!(figures["articles"], 32);
    for key in ["exact_match", "calibration_error", "log_loss"] {
        assert!(figures[key].is_number(), "{key}");
    }
    for average in ["micro", "macro"] {
        ["precision", "recall", "f1"].iter().for_each(|figure| assert!(figures[average][figure].is_number()));
    }
    for figure in ["precision", "recall", "f1", "support"] {
        assert!(figures["topics"]["energy"][figure].is_number());
    }
    let input = "{\"id\": \"x\", \"text\": \"whale\", \"topics\": [\"nature\"]}\n";
    let output = place.run(&["evaluate", "--model", "m.safetensors", "-"], input);
    assert!(
        stderr(&output).contains("never seen 1 topics of these articles, which count as missed: nature (1)")
    );
}

#[test]
fn every_setting_is_a_key_and_a_flag() {
    let place = Place::new();
    let all = TrainSettings {
        task: Some(topicwire::Task::Multi),
        lead_tokens: Some(20),
        lead_weight: Some(0.5),
        title_weight: Some(0.5),
        weighting: Some(topicwire::features::Weighting::Idf),
        cost: Some(1.0),
        folds: Some(5),
        languages: vec!["en".parse().unwrap()],
        ..TrainSettings::default()
    };
    let mut keys = serde_json::to_value(&all).unwrap();
    keys["topic-target"] = serde_json::json!({ "energy": "recall=0.8" });
    let help = place.gives(&["train", "--help"], "");
    for key in keys.as_object().unwrap().keys() {
        assert!(help.contains(&format!("--{key} ")), "--{key}");
    }
    std::fs::write(place.path("s.toml"), toml::to_string(&keys).unwrap()).unwrap();
    place.gives(&["train", "c.jsonl", "--model", "a.safetensors", "--config", "s.toml"], "");
    let output = place.gives(&["inspect", "a.safetensors", "--json"], "");
    let inspected: Value = serde_json::from_str(&output).unwrap();
    assert_eq!(inspected["settings"], keys);
    std::fs::write(place.path("s.toml"), "effrot = \"fast\"").unwrap();
    let output = place.run(&["train", "c.jsonl", "--model", "b.safetensors", "--config", "s.toml"], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("effrot") && stderr(&output).contains("effort"), "{output:?}");
}

#[test]
fn inspect_shows_what_a_model_is_made_of() {
    let place = Place::new();
    let text = place.gives(&["inspect", "m.safetensors"], "");
    for part in
        ["multi", "32 articles", "English", "energy", "crude", "threshold", "Compared out of fold", "Size:"]
    {
        assert!(text.contains(part), "no `{part}` in {text}");
    }
}

#[test]
fn corpora_are_counted_converted_and_split() {
    let place = Place::new();
    let stats = place.gives(&["corpus", "stats", "c.jsonl"], "");
    assert!(stats.contains("32") && stats.contains("energy"), "{stats}");
    place.gives(&["corpus", "convert", "c.jsonl", "--out", "c.csv", "--keep-topics", "energy"], "");
    assert_eq!(std::fs::read_to_string(place.path("c.csv")).unwrap().lines().count(), 17);
    let one = place.gives(&["corpus", "convert", "c.jsonl", "--min-topics", "1", "--max-topics", "1"], "");
    assert_eq!(lines(&one).len(), 16);
    place.gives(
        &["corpus", "split", "c.jsonl", "--train", "a.jsonl", "--test", "b.jsonl", "--test-share", "0.25"],
        "",
    );
    let count = |name: &str| std::fs::read_to_string(place.path(name)).unwrap().lines().count();
    assert_eq!((count("a.jsonl"), count("b.jsonl")), (24, 8));
}

#[test]
fn completions_are_written_for_shells() {
    let place = Place::new();
    assert!(place.gives(&["completions", "bash"], "").contains("topicwire"));
    assert!(place.gives(&["completions", "fish"], "").contains("predict"));
}

#[test]
fn timings_say_where_the_time_went() {
    let place = Place::new();
    let train = place.run(&["train", "c.jsonl", "--model", "again.safetensors", "--timings"], "");
    let said = stderr(&train);
    for part in ["stage", "read", "terms", "choose settings", "fit", "decide, pack", "save", "all", "MB/s"] {
        assert!(said.contains(part), "no `{part}` in {said}");
    }
    let same = |name: &str| std::fs::read(place.path(name)).unwrap();
    assert_eq!(same("again.safetensors"), same("m.safetensors"));

    let predict = place.run(&["predict", "--model", "m.safetensors", "c.jsonl", "--timings"], "");
    assert!(stderr(&predict).contains("read, predict, write"), "{}", stderr(&predict));
    assert_eq!(lines(&String::from_utf8(predict.stdout).unwrap()).len(), 32);
}
