//! Thresholds can be seen and changed without training again, and come out as training would have found them.

use std::path::Path;
use std::process::Output;

use proptest::prelude::*;
use serde_json::Value;
use tempfile::TempDir;
use topicwire::decide::{Curve, Target, probability_of, threshold};
use topicwire::{Article, TopicModel};

/// Pairs of (log odds, has the topic), with ties among them; others are so far apart that their probabilities are, too.
fn pairs() -> impl Strategy<Value = Vec<(f32, bool)>> {
    let odds = prop_oneof![
        (-12_i8..12).prop_map(|z| f32::from(z) / 4.0),
        (-4096_i16..4096).prop_map(|z| f32::from(z) / 1024.0)
    ];
    prop::collection::vec((odds, any::<bool>()), 1..80)
}

/// Precision and recall of giving the topic from probability `threshold` on.
fn reached(pairs: &[(f32, bool)], threshold: f32) -> (f32, f32) {
    let given = pairs.iter().filter(|pair| probability_of(pair.0) >= threshold).count() as f32;
    let hits = pairs.iter().filter(|pair| probability_of(pair.0) >= threshold && pair.1).count() as f32;
    (hits / given.max(1.0), hits / (pairs.iter().filter(|pair| pair.1).count() as f32).max(1.0))
}

#[test]
fn scores_that_come_to_one_probability_are_counted_together() {
    let pairs = [(3.992_432_8, true), (3.992_428, false), (0.0, true), (0.0, false)];
    let curve = Curve::new(&pairs, 0.5, 0.5);
    for (threshold, said) in curve.points() {
        assert_eq!((said.precision, said.recall), reached(&pairs, threshold), "at {threshold}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_curve_chooses_as_training_does(mut pairs in pairs(), least in 0.05_f32..1.0, precision in any::<bool>()) {
        prop_assume!(pairs.iter().any(|pair| pair.1));
        let target = if precision { Target::Precision(least) } else { Target::Recall(least) };
        let found = probability_of(threshold::find(&mut pairs, target).score);
        let for_f1 = probability_of(threshold::smooth(&mut pairs).score);
        let curve = Curve::new(&pairs, for_f1, for_f1);
        let chosen = curve.threshold(target).unwrap();
        // Fewer than forty articles have the topic: the curve leaves no good threshold out.
        if pairs.iter().filter(|pair| pair.1).count() < 40 {
            prop_assert_eq!(reached(&pairs, chosen), reached(&pairs, found));
        }
        prop_assert_eq!(curve.threshold(Target::F1), Some(for_f1));
        // What it says of its own thresholds was counted.
        for threshold in [chosen, for_f1] {
            let (precision, recall) = reached(&pairs, threshold);
            let said = curve.reached(threshold);
            prop_assert!((said.precision - precision).abs() < 1e-6 && (said.recall - recall).abs() < 1e-6);
        }
    }

    #[test]
    fn a_long_curve_is_short_and_near_the_truth(shift in -1.0_f32..1.0, least in 0.3_f32..0.95) {
        // Two hills that overlap, four thousand articles.
        let hill = |n: u32| ((n * 7919 % 4001) as f32 / 4001.0 - 0.5) + ((n * 104_729 % 4003) as f32 / 4003.0 - 0.5);
        let mut pairs: Vec<(f32, bool)> =
            (0..4_000).map(|n| (2.0 * hill(n) + if n % 3 == 0 { 1.0 } else { shift - 1.0 }, n % 3 == 0)).collect();
        let found = threshold::find(&mut pairs, Target::Recall(least));
        let curve = Curve::new(&pairs, 0.5, probability_of(found.score));
        let length = serde_json::to_value(&curve).unwrap()["points"].as_array().unwrap().len();
        prop_assert!(length <= 64, "{} points", length);
        let bare = Curve::new(&pairs, 0.5, 0.5);
        let (precision, recall) = reached(&pairs, bare.threshold(Target::Recall(least)).unwrap());
        prop_assert!(recall >= least, "{} for {}", recall, least);
        prop_assert!((precision - reached(&pairs, probability_of(found.score)).0).abs() < 0.05);
        for threshold in [0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95] {
            let (precision, recall) = reached(&pairs, threshold);
            let said = bare.reached(threshold);
            prop_assert!((said.recall - recall).abs() < 0.05, "{}: {:?}, not {}", threshold, said, recall);
            prop_assert!(recall < 0.1 || (said.precision - precision).abs() < 0.05, "{}: {:?}", threshold, said);
        }
    }
}

struct Desk(TempDir);

impl Desk {
    /// A folder with a corpus `c.jsonl` in which topics overlap, and a model `m` of it.
    fn new() -> Desk {
        let desk = Desk(tempfile::tempdir().unwrap());
        let mut corpus = String::new();
        let words = ["oil", "gas", "match", "coach", "pipeline", "goal", "tanker", "cup", "prices", "side"];
        for n in 0..120_usize {
            let text: Vec<&str> = (0..5).map(|k| words[(n * (k + 3) + n / 7 + k * k) % 10]).collect();
            let count = |part: &[&str]| text.iter().filter(|word| part.contains(word)).count();
            let energy = count(&["oil", "gas", "pipeline", "tanker", "prices"]) + n % 2;
            let topics: Vec<&str> = [("energy", energy > 3), ("sport", energy < 4 && n % 5 != 0)]
                .iter()
                .filter(|t| t.1)
                .map(|t| t.0)
                .collect();
            let article =
                Article::new(n.to_string(), "", format!("{} day {n}{n}", text.join(" "))).with_topics(topics);
            corpus += &(serde_json::to_string(&article).unwrap() + "\n");
        }
        std::fs::write(desk.path().join("c.jsonl"), corpus).unwrap();
        desk.gives(&["train", "c.jsonl", "--model", "m"]);
        desk
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = assert_cmd::Command::cargo_bin("topicwire").unwrap();
        command.current_dir(self.path()).args(arguments).output().unwrap()
    }

    #[track_caller]
    fn gives(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn thresholds(&self, model: &str) -> Vec<f32> {
        TopicModel::load(self.path().join(model)).unwrap().card().decision.thresholds.clone()
    }
}

#[test]
fn a_target_comes_to_what_training_for_it_finds() {
    let desk = Desk::new();
    for target in ["precision=0.9", "precision=1", "recall=0.8", "recall=1", "f1"] {
        desk.gives(&["train", "c.jsonl", "--model", "trained", "--target", target]);
        desk.gives(&["thresholds", "m", "--target", target, "--out", "changed"]);
        assert_eq!(desk.thresholds("changed"), desk.thresholds("trained"), "{target}");
        // And from any other place back again.
        desk.gives(&["thresholds", "trained", "--target", "f1", "--out", "changed"]);
        assert_eq!(desk.thresholds("changed"), desk.thresholds("m"), "{target}");
    }
    desk.gives(&[
        "thresholds",
        "m",
        "--topic-target",
        "sport=recall=1",
        "--target",
        "precision=1",
        "--out",
        "n",
    ]);
    desk.gives(&[
        "train",
        "c.jsonl",
        "--model",
        "trained",
        "--topic-target",
        "sport=recall=1",
        "--target",
        "precision=1",
    ]);
    assert_eq!(desk.thresholds("n"), desk.thresholds("trained"));
}

#[test]
fn thresholds_are_set_one_by_one_and_nothing_else_changes() {
    let desk = Desk::new();
    let before = std::fs::read(desk.path().join("m")).unwrap();
    let shown = desk.run(&["thresholds", "m", "--set", "energy=0.99"]);
    assert!(String::from_utf8_lossy(&shown.stderr).contains("Nothing is written"), "{shown:?}");
    assert!(String::from_utf8_lossy(&shown.stdout).contains("0.990"), "{shown:?}");
    assert!(std::fs::read(desk.path().join("m")).unwrap() == before);

    let (old, old_sport) = (TopicModel::load_copy(desk.path().join("m")).unwrap(), desk.thresholds("m")[1]);
    desk.gives(&["thresholds", "m", "--set", "energy=1", "--target", "f1", "--out", "m"]);
    let new = TopicModel::load_copy(desk.path().join("m")).unwrap();
    assert_eq!(desk.thresholds("m"), [1.0, old_sport]);
    let article = Article::new("x", "", "oil gas pipeline tanker prices");
    assert_eq!(old.predict(&article).probabilities, new.predict(&article).probabilities);
    assert_eq!(old.predict(&article).topics.len(), 1);
    assert!(new.predict(&article).topics.is_empty());
    assert_eq!(new.operating_points()[0].reached.unwrap().recall, 0.0);
}

#[test]
fn what_thresholds_come_to_is_shown() {
    let desk = Desk::new();
    let table = desk.gives(&["thresholds", "m"]);
    assert!(
        ["topic", "threshold", "precision", "recall", "energy", "sport"]
            .iter()
            .all(|part| table.contains(part))
    );
    assert!(!table.contains("before"), "{table}");
    let points: Value = serde_json::from_str(&desk.gives(&["thresholds", "m", "--json"])).unwrap();
    let model = TopicModel::load(desk.path().join("m")).unwrap();
    for (at, topic) in ["energy", "sport"].iter().enumerate() {
        assert_eq!(points[at]["topic"], *topic);
        assert!((points[at]["threshold"].as_f64().unwrap() as f32 - desk.thresholds("m")[at]).abs() < 1e-6);
        // The very figure that the training reported.
        let f1 = points[at]["reached"]["f1"].as_f64().unwrap() as f32;
        assert!((f1 - model.card().report.topics[at].f1).abs() < 1e-5, "{points}");
    }
}

#[test]
fn what_cannot_be_changed_is_told() {
    let desk = Desk::new();
    let refused = |arguments: &[&str], part: &str| {
        let output = desk.run(&[&["thresholds"], arguments].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(part), "{arguments:?}: {said}");
    };
    refused(&["m", "--set", "enrgy=0.4"], "the model has no topic enrgy: did you mean energy?");
    refused(&["m", "--topic-target", "weather=f1"], "the model has no topic weather: it has energy, sport");
    refused(&["m", "--set", "energy=1.4"], "a number from 0 to 1");
    refused(&["m", "--set", "energy"], "TOPIC=P");
    refused(&["m", "--target", "speed"], "precision=0.9");
    // A model of an older program has no record to choose from, but can be shown and set.
    let old = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/model-v1.safetensors");
    assert!(desk.gives(&["thresholds", old, "--set", "energy=0.4"]).contains("0.400"));
    refused(&[old, "--target", "recall=0.9"], "train it again");
    std::fs::write(
        desk.path().join("single.jsonl"),
        "{\"text\":\"oil gas\",\"topics\":[\"energy\"]}\n{\"text\":\"goal cup\",\"topics\":[\"sport\"]}\n",
    )
    .unwrap();
    desk.gives(&["train", "single.jsonl", "--model", "single"]);
    refused(&["single"], "there are no thresholds");
}
