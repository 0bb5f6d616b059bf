//! A taxonomy says which topics there are: its own mistakes and those of labels are told with file, line and mend, and
//! people are shown its names.

use std::path::PathBuf;
use std::process::Output;
use std::sync::Arc;

use serde_json::Value;
use tempfile::TempDir;
use topicwire::{Article, Corpus, Taxonomy, TopicModel, Trainer};

const TOPICS: &str = "\
[[topic]]
id = \"energy\"
name = \"Energy and fuels\"
definition = \"Oil, gas, power.\"
parent = \"economy\"

[[topic]]
id = \"sport\"
name = \"Sport\"

[[topic]]
id = \"economy\"
name = \"Economy\"

[[topic]]
id = \"regional-conflict\"
";

struct Desk(TempDir);

impl Desk {
    fn new() -> Desk {
        let desk = Desk(tempfile::tempdir().unwrap());
        desk.put("topics.toml", TOPICS);
        desk.put("c.jsonl", &corpus());
        desk
    }

    fn put(&self, name: &str, content: &str) -> PathBuf {
        std::fs::write(self.0.path().join(name), content).unwrap();
        self.0.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = assert_cmd::Command::cargo_bin("topicwire").unwrap();
        command.current_dir(self.0.path()).args(arguments).output().unwrap()
    }

    #[track_caller]
    fn gives(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    #[track_caller]
    fn fails(&self, arguments: &[&str], parts: &[&str]) {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(parts.iter().all(|part| said.contains(part)), "{arguments:?}: {said}");
    }
}

fn articles() -> Vec<Article> {
    let mut articles = Vec::new();
    for n in 0..8 {
        // No two are copies of each other: what is learned of a topic shows on those that were not learned from.
        let mut add = |id: &str, words: [&str; 6], topics: &[&str]| {
            let text = [n, n + 1, n + 3].map(|at| words[at % 6]).join(" ");
            let article = Article::new(format!("{id}{n}"), "", format!("{text} {n}{n}"));
            articles.push(article.with_topics(topics.iter().copied()));
        };
        add("e", ["crude", "oil", "pipeline", "barrels", "refinery", "opec"], &["energy"]);
        add("s", ["penalty", "match", "coach", "goal", "keeper", "striker"], &["sport"]);
        add("n", ["onions", "carrots", "soup", "parsley", "butter", "thyme"], &[]);
    }
    articles
}

fn corpus() -> String {
    articles().iter().map(|article| serde_json::to_string(article).unwrap() + "\n").collect()
}

fn problem(text: &str) -> String {
    Taxonomy::parse(text, "topics.toml").unwrap_err().to_string()
}

#[test]
fn a_taxonomy_that_is_wrong_says_where() {
    let topic = |rest: &str| format!("{TOPICS}\n[[topic]]\nid = \"{rest}\"\n");
    for (text, message) in [
        (topic("sport"), "topics.toml:19: the topic sport is here a second time: leave one out"),
        (topic(" sport"), "topics.toml:19: the id ` sport` is empty or has blanks around it"),
        (
            topic("oil\"\nparent = \"enrgy"),
            "topics.toml:20: the parent enrgy is no topic of this file: did you mean energy?",
        ),
        (
            topic("oil\"\nparent = \"zzz"),
            "topics.toml:20: the parent zzz is no topic of this file: \
             it has energy, sport, economy, regional-conflict, oil",
        ),
        (topic("a\"\nparent = \"a"), "topics.toml:20: the topic a is its own parent"),
        (
            topic("a\"\nparent = \"b\"\n[[topic]]\nid = \"b\"\nparent = \"a"),
            "topics.toml:20: the topic a is its own parent, or its parents go in a circle",
        ),
        (topic("oil\"\ncolour = \"black"), "topics.toml:20: unknown field `colour`, expected one of `id`"),
        (format!("{TOPICS}\n[[topic]]\nname = \"No id\"\n"), "topics.toml:18: missing field `id`"),
        (format!("{TOPICS}\n[[topic]]\nid = 7\n"), "topics.toml:19: invalid type: integer `7`"),
        (format!("{TOPICS}\nnonsense\n"), "topics.toml:18:"),
        ("[[topics]]\nid = \"x\"\n".to_owned(), "topics.toml:1: unknown field `topics`, expected `topic`"),
        (String::new(), "topics.toml: there are no topics"),
    ] {
        let found = problem(&text);
        assert!(found.starts_with(message), "{found}\nnot: {message}");
    }
    let error = Taxonomy::read("no/such/topics.toml").unwrap_err().to_string();
    assert!(error.starts_with("cannot read no/such/topics.toml"), "{error}");
}

#[test]
fn a_label_that_is_not_in_it_is_refused_with_the_nearest() {
    let desk = Desk::new();
    desk.gives(&["train", "c.jsonl", "--taxonomy", "topics.toml", "--model", "m"]);
    let slip = corpus() + "{\"text\":\"oil\",\"topics\":[\"sport\",\"Energie\"]}\n";
    desk.put("slip.jsonl", &slip);
    let message =
        &["slip.jsonl:25: the topic Energie is not in the taxonomy topics.toml: did you mean energy?"];
    for arguments in [
        &["train", "slip.jsonl", "--model", "n"][..],
        &["evaluate", "--model", "m", "slip.jsonl"],
        &["corpus", "stats", "slip.jsonl"],
        &["corpus", "convert", "slip.jsonl"],
    ] {
        desk.fails(&[arguments, &["--taxonomy", "topics.toml"]].concat(), message);
    }
    assert!(!desk.0.path().join("n").exists());
    // Like any record that is wrong, it can be skipped, and is counted.
    let output =
        desk.run(&["train", "slip.jsonl", "--model", "n", "--taxonomy", "topics.toml", "--on-error", "skip"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains("Skipped 1 record") && said.contains("Energie"),
        "{said}"
    );
    desk.put("far.jsonl", "{\"text\":\"oil\",\"topics\":[\"weather\"]}\n");
    desk.fails(
        &["corpus", "stats", "far.jsonl", "--taxonomy", "topics.toml"],
        &["far.jsonl:1", "it has energy, sport, economy, regional-conflict"],
    );
    desk.fails(&["corpus", "stats", "c.jsonl", "--taxonomy", "gone.toml"], &["cannot read gone.toml"]);
    // A library's corpus has no lines.
    let taxonomy = Arc::new(Taxonomy::parse("[[topic]]\nid = \"energy\"\n", "t.toml").unwrap());
    let trainer = Trainer::default().with_taxonomy(taxonomy);
    let error = trainer.train(&Corpus::from(articles())).unwrap_err().to_string();
    assert!(error.starts_with("the topic sport is not in the taxonomy t.toml"), "{error}");
}

#[test]
fn people_are_shown_names_and_scripts_ids() {
    let desk = Desk::new();
    desk.gives(&["train", "c.jsonl", "--taxonomy", "topics.toml", "--model", "m"]);
    let predict = |form| desk.gives(&["predict", "--model", "m", "--text", "crude oil", "--output", form]);
    assert!(predict("table").contains("Energy and fuels"), "{}", predict("table"));
    assert!(predict("jsonl").contains("\"topic\":\"energy\""), "{}", predict("jsonl"));
    assert!(predict("csv").contains("text,energy"), "{}", predict("csv"));
    let inspected = desk.gives(&["inspect", "m"]);
    assert!(inspected.contains("name") && inspected.contains("Energy and fuels"), "{inspected}");
    let json: Value = serde_json::from_str(&desk.gives(&["inspect", "m", "--json"])).unwrap();
    // Of the taxonomy, the model keeps its own topics and what they are shown under.
    let ids: Vec<&str> =
        json["taxonomy"].as_array().unwrap().iter().map(|topic| topic["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["energy", "sport", "economy"]);
    assert_eq!(json["taxonomy"][0]["definition"], "Oil, gas, power.");
    let stats = desk.gives(&["corpus", "stats", "c.jsonl", "--taxonomy", "topics.toml"]);
    let row = |topic: &str| stats.lines().find(|line| line.trim_start().starts_with(topic)).unwrap();
    assert!(row("energy").contains("8") && row("energy").contains("Energy and fuels"), "{stats}");
    assert!(row("regional-conflict").contains(" 0 "), "{stats}");

    let model = TopicModel::load(desk.0.path().join("m")).unwrap();
    assert_eq!(model.name_of(&"energy".into()), "Energy and fuels");
    assert_eq!(model.topic_info("energy").unwrap().parent, Some("economy".into()));
}

#[test]
fn without_a_taxonomy_nothing_changes() {
    let desk = Desk::new();
    desk.gives(&["train", "c.jsonl", "--model", "plain"]);
    desk.gives(&["train", "c.jsonl", "--model", "named", "--taxonomy", "topics.toml"]);
    let read = |name: &str| TopicModel::load(desk.0.path().join(name)).unwrap();
    let (plain, named) = (read("plain"), read("named"));
    assert!(plain.card().taxonomy.is_empty() && !plain.as_bytes().windows(8).any(|w| w == b"taxonomy"));
    assert_eq!(plain.predict_batch(&articles()), named.predict_batch(&articles()));
    assert_eq!(plain.name_of(&"energy".into()), "energy");
    assert!(!desk.gives(&["inspect", "plain"]).contains("name"));
}
