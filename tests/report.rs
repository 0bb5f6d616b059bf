//! The report of an evaluation: everything on one page, nothing fetched, nothing that an article says obeyed.

#![cfg(feature = "report")]
#![allow(clippy::unwrap_used)]

use std::process::Output;
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;
use topicwire::audit::{AuditSettings, audit};
use topicwire::corpus::Format;
use topicwire::evaluate::{Findings, cross_validate, examine, learning_curve};
use topicwire::metrics::TopicCounts;
use topicwire::report::{audit_page, cross_validation_page, evaluation_page, learning_curve_page};
use topicwire::train::{Effort, TrainSettings};
use topicwire::{Article, Corpus, Task, TopicModel, Trainer};

fn fast() -> TrainSettings {
    TrainSettings { effort: Effort::Fast, ..TrainSettings::default() }
}

/// The starter corpus in two halves, and a model of the first.
fn halves() -> &'static (Corpus, Corpus, TopicModel) {
    static HALVES: OnceLock<(Corpus, Corpus, TopicModel)> = OnceLock::new();
    HALVES.get_or_init(|| {
        let corpus = Corpus::read(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/newsroom.jsonl")).unwrap();
        let (train, test) = corpus.split(0.3, 1);
        let model = Trainer::new(fast()).unwrap().train(&train).unwrap();
        (train, test, model)
    })
}

/// Articles of exactly one of two topics; those with an odd number mention a cup.
fn single(count: usize) -> Vec<Article> {
    let article = |n: usize| {
        let (topic, words) =
            if n.is_multiple_of(2) { ("energy", "crude oil") } else { ("sport", "cup match") };
        // Articles that are told apart by a number alone would be near copies of each other, and stay in one fold.
        let own: String = ('a'..='h').map(|letter| format!(" {letter}word{n}")).collect();
        Article::new(format!("a{n}"), format!("{words} today{n}"), format!("{words}{own}"))
            .with_topics([topic])
    };
    (0..count).map(article).collect()
}

fn findings() -> Findings {
    let (_, test, model) = halves();
    examine(model, &test.articles).unwrap()
}

#[test]
fn findings_fit_each_other() {
    let (_, test, model) = halves();
    let findings = findings();
    let evaluation = &findings.evaluation;
    assert_eq!(evaluation.task, Task::Multi);
    assert_eq!(findings.thresholds.len(), model.topics().len());
    for (topic, curves) in &findings.curves {
        let of = evaluation.topics[topic.as_str()];
        assert_eq!(curves.histogram.gold.iter().sum::<u64>(), of.support);
        assert_eq!(
            curves.histogram.others.iter().sum::<u64>(),
            test.articles.len() as u64 - of.support,
            "{topic}"
        );
        // From 0 on every article has the topic.
        let all = curves.by_threshold[0];
        assert!((all.precision - of.support as f64 / test.articles.len() as f64).abs() < 1e-12);
        assert!(of.support == 0 || all.recall == 1.0);
    }
    let right: u64 =
        findings.confusion.iter().filter(|cell| cell.gold == cell.given).map(|cell| cell.articles).sum();
    let gold: u64 = evaluation.topics.values().map(|topic| topic.support).sum();
    assert!((right as f64 / gold as f64 - evaluation.micro.recall).abs() < 1e-12);
    assert_eq!(findings.known_words.iter().sum::<u64>(), test.articles.len() as u64);
    assert!(findings.worst_errors.windows(2).all(|pair| pair[0].surprise >= pair[1].surprise));
    for error in &findings.worst_errors {
        let given: Vec<_> = error.given.iter().map(|assigned| &assigned.topic).collect();
        assert!(!error.wrong.is_empty());
        for wrong in &error.wrong {
            assert_eq!(given.contains(&&wrong.topic), wrong.given);
            assert_ne!(error.gold.contains(&wrong.topic), wrong.given);
        }
    }
}

#[test]
fn figures_at_a_threshold_are_those_of_giving_from_it_on() {
    let (_, test, model) = halves();
    let findings = findings();
    let predictions = model.predict_batch(&test.articles);
    for (number, topic) in model.topics().iter().enumerate() {
        let point = findings.curves[topic].by_threshold[15];
        let mut of = TopicCounts::default();
        for (article, prediction) in test.articles.iter().zip(&predictions) {
            let given = f64::from(prediction.probabilities[number]) >= point.threshold;
            match (given, article.labels().contains(topic)) {
                (true, true) => of.true_positives += 1,
                (true, false) => of.false_positives += 1,
                (false, true) => of.false_negatives += 1,
                (false, false) => {}
            }
        }
        assert!((of.f1() - point.f1).abs() < 1e-12, "{topic}");
    }
}

#[test]
fn the_page_holds_every_part() {
    let findings = findings();
    let page = evaluation_page(&findings, "news.safetensors", "test.jsonl");
    let parts = [
        "news.safetensors",
        "95 % interval",
        "Average precision",
        "Threshold",
        "The most frequent mistakes",
        "Topics that go together",
        "Reliability",
        "How sure the model is",
        "F1 against the threshold",
        "Where was it sure and wrong?",
        "Known words",
        "Speaks for it, strongest first",
    ];
    for part in parts {
        assert!(page.contains(part), "no {part}");
    }
    for topic in findings.curves.keys() {
        assert!(page.contains(&format!("<b>{topic}</b>")), "no {topic}");
    }
    for error in &findings.worst_errors {
        assert!(page.contains(&format!(">{}<", error.id)), "no {}", error.id);
    }
    stands_alone(&page);
    assert_eq!(page, evaluation_page(&findings, "news.safetensors", "test.jsonl"));
}

/// Nothing is fetched, and every picture says what it shows.
fn stands_alone(page: &str) {
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>"));
    for part in ["http://", "https://", "src=", "@import", "url("] {
        assert!(!page.contains(part), "{part} on the page");
    }
    assert_eq!(page.matches("<script").count(), 1);
    let pictures = page.matches("<svg").count();
    assert_eq!(page.matches("<svg role=\"img\" aria-label=\"").count(), pictures);
    assert_eq!(page.matches("</svg>").count(), pictures);
    assert!(!page.contains("aria-label=\"\"") && !page.contains("NaN"));
    assert!(page.contains("prefers-color-scheme: dark") && page.contains("@media print"));
}

#[test]
fn what_articles_say_is_text() {
    let evil = "</script><script>alert(1)</script>\"'&<svg onload=x>";
    let mut articles = single(40);
    for article in &mut articles {
        article.title = format!("{} {evil}", article.title);
        article.id = format!("{evil}{}", article.id);
        article.topics = article.topics.take().map(|of| vec![format!("{}{evil}", of[0]).into()]);
    }
    let model = TopicModel::train(&Corpus::from(articles.clone())).unwrap();
    articles.truncate(8);
    articles[0].topics = articles[1].topics.clone();
    articles[2].text = "zzxq qqyv wwkj zzpq".into();
    articles[3].topics = Some(vec![format!("never seen{evil}").into()]);
    let page = evaluation_page(&examine(&model, &articles).unwrap(), evil, evil);
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("</script").count(), 1);
    assert!(!page.contains("<svg onload") && page.contains("&lt;script&gt;alert(1)"));
    assert!(page.contains("The model has never seen 1 of the topics"));
}

#[test]
fn odd_corpora_have_a_page_too() {
    let model = TopicModel::train(&Corpus::from(single(40))).unwrap();
    let empty = Article::new("", "", "").with_topics::<&str>([]);
    for articles in [
        vec![empty.clone()],
        single(1),
        vec![Article::new("x", "", "crude").with_topics(["weather"])],
        vec![Article::new("x", "", "crude").with_topics(["energy", "sport"]), empty],
    ] {
        stands_alone(&evaluation_page(&examine(&model, &articles).unwrap(), "m", "c"));
    }
    // No topic is ever right, and none is wrong.
    let right = examine(&model, &single(20)).unwrap();
    assert!(right.worst_errors.is_empty() && right.evaluation.exact_match == 1.0);
    assert!(evaluation_page(&right, "m", "c").contains("every article was given exactly its topics"));
    assert!(examine(&model, &[]).is_err());
    assert!(examine(&model, &[Article::new("x", "", "")]).is_err());
}

#[test]
fn pages_of_cross_validation() {
    let corpus = Corpus::from(single(60));
    let folds = cross_validate(&corpus, &fast(), 3, &|_, _| ()).unwrap();
    let page = cross_validation_page(&folds, "news.jsonl");
    for part in ["news.jsonl", "Fold by fold", "standard error", "energy", "Accuracy"] {
        assert!(page.contains(part), "no {part}");
    }
    stands_alone(&page);
    let curve = learning_curve(&corpus, &fast(), 3, 2, &|_, _| ()).unwrap();
    let page = learning_curve_page(&curve, "news.jsonl");
    for part in ["Would more articles help?", "<svg", "On which topics?", "2 folds"] {
        assert!(page.contains(part), "no {part}");
    }
    stands_alone(&page);
}

#[test]
fn page_of_an_audit() {
    let mut articles = single(60);
    articles[4].topics = Some(vec!["sport".into()]);
    articles.push(Article { id: "copy".into(), ..articles[8].clone() }.with_topics(["sport"]));
    articles.push(Article::new("empty", "", "").with_topics(["energy"]));
    articles.push(Article::new("<script>", "<script>alert(1)</script>", "cup match").with_topics(["sport"]));
    let test = Corpus::from(vec![Article { id: "t1".into(), ..articles[10].clone() }]);
    let found = audit(&Corpus::from(articles), Some(&test), &AuditSettings::default()).unwrap();
    let page = audit_page(&found, "news.jsonl");
    for part in
        ["news.jsonl", "Leaks", ">t1<", ">copy<", "Doubtful labels", ">a4<", "no words", "&lt;script&gt;"]
    {
        assert!(page.contains(part), "no {part}");
    }
    stands_alone(&page);
    let without_labels = AuditSettings { labels: None, ..AuditSettings::default() };
    let found = audit(&Corpus::from(single(3)), None, &without_labels).unwrap();
    let page = audit_page(&found, "c");
    assert!(page.contains("No two articles are the same") && !page.contains("Labels that may be wrong"));
    stands_alone(&page);
}

struct Place(TempDir);

impl Place {
    fn new() -> Place {
        let place = Place(tempfile::tempdir().unwrap());
        let corpus = Corpus::from(single(40));
        TopicModel::train(&corpus).unwrap().save(place.0.path().join("m.st")).unwrap();
        corpus.write(place.0.path().join("c.jsonl"), Format::Jsonl).unwrap();
        place
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = assert_cmd::Command::cargo_bin("topicwire").unwrap();
        command.current_dir(self.0.path()).args(arguments).output().unwrap()
    }
}

#[test]
fn at_the_command_line() {
    let place = Place::new();
    let output = place.run(&["evaluate", "-m", "m.st", "c.jsonl", "--report", "r.html", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    stands_alone(&std::fs::read_to_string(place.0.path().join("r.html")).unwrap());
    let figures: Value = serde_json::from_slice(&output.stdout).unwrap();
    for key in [
        "articles",
        "exact_match",
        "micro",
        "macro",
        "calibration_error",
        "log_loss",
        "intervals",
        "thresholds",
        "precision_recall",
        "coverage_curve",
        "curves",
        "confusion",
        "together",
        "worst_errors",
        "known_words",
        "hardly_known",
        "strongest_terms",
        "reliability",
    ] {
        assert!(!figures[key].is_null(), "no {key} in {figures}");
    }
    assert!(figures["topics"]["energy"]["average_precision"].is_number());
    assert!(figures["curves"]["energy"]["by_threshold"][10]["f1"].is_number());

    let arguments = ["cross-validate", "c.jsonl", "--folds", "2", "--effort", "fast", "--report", "f.html"];
    assert_eq!(place.run(&arguments).status.code(), Some(0));
    let curve = [&arguments[..6], &["--learning-curve", "--report", "curve.html"]].concat();
    assert_eq!(place.run(&curve).status.code(), Some(0));
    for page in ["f.html", "curve.html"] {
        stands_alone(&std::fs::read_to_string(place.0.path().join(page)).unwrap());
    }
}

#[test]
fn a_report_that_cannot_be_written() {
    let place = Place::new();
    for (path, part) in [("no/such/r.html", "there is no folder no/such"), (".", "this is a folder")] {
        for command in [&["evaluate", "-m", "m.st", "c.jsonl"][..], &["cross-validate", "c.jsonl"]] {
            let output = place.run(&[command, &["--report", path]].concat());
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(2), "{said}");
            assert!(said.contains("--report") && said.contains(part), "{said}");
            // It is said before the work, not after it.
            assert!(output.stdout.is_empty());
        }
    }
}
