//! What `suggest` proposes to label next, and that it survives the way through a labelling tool.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use topicwire::audit::suggest;
use topicwire::train::TrainSettings;
use topicwire::{Article, Corpus, TopicModel, Trainer};

/// A hundred articles each of `energy` and `sport`, and fifteen of `water`. Some of their words are of another topic, and of
/// one in ten the label too, so that nothing is certain.
fn labelled() -> Corpus {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let words = [
        ["crude", "pipeline", "refinery", "barrel"],
        ["penalty", "coach", "match", "goal"],
        ["dam", "river", "irrigation", "canal"],
    ];
    let mut articles = Vec::new();
    for (topic, count) in [(0, 100), (1, 100), (2, 15)] {
        for n in 0..count {
            let word = |rng: &mut ChaCha8Rng| {
                let of = if rng.random_range(0..4) == 0 { rng.random_range(0..3) } else { topic };
                words[of][rng.random_range(0..4)].to_owned()
            };
            let text: Vec<String> = (0..8).map(|_| word(&mut rng)).collect();
            let given = if rng.random_range(0..10) == 0 { rng.random_range(0..3) } else { topic };
            let article = Article::new(format!("{topic}-{n}"), "", text.join(" "));
            articles.push(article.with_topics([["energy", "sport", "water"][given]]));
        }
    }
    Corpus::from(articles)
}

/// Of words alone: theirs stand in random order, so that pairs would say nothing.
static MODEL: LazyLock<TopicModel> = LazyLock::new(|| {
    let settings = TrainSettings { ngrams: Some(1), ..TrainSettings::default() };
    Trainer::new(settings).unwrap().train(&labelled()).unwrap()
});

fn unlabelled() -> Corpus {
    let mut articles = Vec::new();
    for n in 0..60 {
        articles.push(Article::new(
            format!("clear{n}"),
            "",
            format!("crude pipeline refinery barrel day{n}"),
        ));
        articles.push(Article::new(
            format!("two{n}"),
            "",
            format!("crude penalty {} pipeline coach", ["match", "goal", "barrel"][n % 3]),
        ));
    }
    for n in 0..10 {
        articles.push(Article::new(
            format!("rare{n}"),
            "A title",
            format!("dam crude canal pipeline {}", ["river", "barrel", "match"][n % 3]),
        ));
    }
    articles.push(Article::new("unknown", "", "zzz qqq"));
    articles.push(Article::new("empty", "", ""));
    articles.push(Article::new("done", "", "dam crude river coach").with_topics(["water"]));
    Corpus::from(articles)
}

#[test]
fn open_questions_come_first_and_rare_topics_before_others() {
    let suggestions = suggest(&MODEL, &unlabelled(), 7);
    assert_eq!(suggestions.len(), 7);
    let ids: Vec<&str> = suggestions.iter().map(|of| of.article.id.as_str()).collect();
    assert!(ids[..4].iter().any(|id| id.starts_with("rare")), "{ids:?}");
    let kinds: BTreeSet<&str> = ids.iter().map(|id| id.trim_end_matches(char::is_numeric)).collect();
    for of in &suggestions {
        assert!((0.0..=1.0).contains(&of.uncertainty) && of.similarity <= 0.999, "{of:?}");
    }
    assert!(!ids[..4].contains(&"clear0"), "{ids:?}");
    assert!(!kinds.contains("done") && !kinds.contains("unknown") && !kinds.contains("empty"));
}

#[test]
fn no_two_suggestions_are_the_same_to_the_model() {
    // All sixty of `two` have one of three wordings, and `clear` differ by a word that the model does not know.
    let suggestions = suggest(&MODEL, &unlabelled(), 1_000);
    let count = |kind: &str| suggestions.iter().filter(|of| of.article.id.starts_with(kind)).count();
    assert_eq!([count("two"), count("rare"), count("clear")], [3, 3, 1]);
    assert!(suggest(&MODEL, &Corpus::default(), 5).is_empty());
    assert!(suggest(&MODEL, &unlabelled(), 0).is_empty());
}

#[test]
fn where_topics_stand_for_themselves_the_threshold_is_what_is_open() {
    let mut corpus = labelled();
    corpus.articles.push(Article::new("none", "", "penalty crude canal").with_topics::<&str>([]));
    let model = TopicModel::train(&corpus).unwrap();
    assert_eq!(model.task(), topicwire::Task::Multi);
    let suggestions = suggest(&model, &unlabelled(), 7);
    assert_eq!(suggestions.len(), 7);
    for of in &suggestions {
        let topic = model.topics().binary_search(&of.topic).unwrap();
        let threshold = model.card().decision.thresholds[topic];
        let odds = |p: f32| (p / (1.0 - p)).ln();
        let expected = (-0.5 * (odds(of.probability) - odds(threshold)).abs()).exp();
        assert!((of.uncertainty - expected).abs() < 1e-3, "{of:?}, threshold {threshold}");
    }
}

#[test]
fn the_same_corpus_gives_the_same_suggestions() {
    let first = suggest(&MODEL, &unlabelled(), 30);
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    for threads in [1, 4] {
        assert_eq!(pool(threads).install(|| suggest(&MODEL, &unlabelled(), 30)), first);
    }
}

#[test]
fn through_label_studio_and_doccano_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    MODEL.save(path("m.safetensors")).unwrap();
    unlabelled().write(path("pool.jsonl"), topicwire::corpus::Format::Jsonl).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = assert_cmd::Command::cargo_bin("topicwire").unwrap();
        let output = command.current_dir(folder.path()).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let ask = |form: &str| {
        run(&["suggest", "--model", "m.safetensors", "pool.jsonl", "--count", "5", "--output", form])
    };
    let convert = |name: &str, format: &str| -> Vec<Value> {
        let output = run(&["corpus", "convert", name, "--format", format]);
        output.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let jsonl: Vec<Value> = ask("jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(jsonl.len(), 5);
    assert!(jsonl[0].get("topics").is_none() && jsonl[0]["suggestion"]["topic"].is_string());

    // In the tool, somebody labels the first and leaves the others.
    let mut tasks: Value = serde_json::from_str(&ask("label-studio")).unwrap();
    assert_eq!(tasks[0]["predictions"][0]["result"][0]["type"], "choices");
    tasks[0]["id"] = 77.into();
    tasks[0]["annotations"] = serde_json::json!([{ "was_cancelled": false, "result": [
        { "from_name": "topics", "to_name": "text", "type": "choices", "value": { "choices": ["water"] } }] }]);
    std::fs::write(path("export.json"), tasks.to_string()).unwrap();
    let mut lines: Vec<Value> =
        ask("doccano").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines[0]["id"] = 77.into();
    lines[0]["label"] = serde_json::json!(["water"]);
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(path("export.jsonl"), text).unwrap();

    for back in [convert("export.json", "label-studio"), convert("export.jsonl", "doccano")] {
        assert_eq!(back.len(), 5);
        for (back, sent) in back.iter().zip(&jsonl) {
            assert_eq!(
                (&back["id"], back.get("title"), &back["text"]),
                (&sent["id"], sent.get("title"), &sent["text"])
            );
        }
        assert_eq!(back[0]["topics"], serde_json::json!(["water"]));
        assert!(back[1..].iter().all(|article| article.get("topics").is_none()));
    }
    assert!(ask("table").contains("open topic"));
}
