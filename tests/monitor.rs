//! Drift is found where there is some, and not where there is none.

#![allow(clippy::unwrap_used)]

use std::process::Output;
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;
use topicwire::corpus::Format;
use topicwire::evaluate::{Monitor, MonitorReport, WarningKind};
use topicwire::train::{Effort, TrainSettings};
use topicwire::{Article, Corpus, Task, TopicModel, Trainer};

/// The starter corpus in two halves, and a model of the first.
fn halves() -> &'static (Corpus, Corpus, TopicModel) {
    static HALVES: OnceLock<(Corpus, Corpus, TopicModel)> = OnceLock::new();
    HALVES.get_or_init(|| {
        let corpus = Corpus::read(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/newsroom.jsonl")).unwrap();
        let (train, test) = corpus.split(0.3, 1);
        let trainer =
            Trainer::new(TrainSettings { effort: Effort::Fast, ..TrainSettings::default() }).unwrap();
        let model = trainer.train(&train).unwrap();
        assert_eq!(model.task(), Task::Multi);
        (train, test, model)
    })
}

fn report(articles: &[Article], baseline: Option<&[Article]>) -> MonitorReport {
    let model = &halves().2;
    let watch = |articles: &[Article]| {
        let mut monitor = Monitor::new(model);
        articles.iter().for_each(|article| monitor.add(article, &model.predict(article)));
        monitor
    };
    watch(articles).report(baseline.map(watch).as_ref())
}

fn kinds(report: &MonitorReport) -> Vec<WarningKind> {
    report.warnings.iter().map(|warning| warning.kind).collect()
}

#[test]
fn articles_of_the_same_kind_do_not_drift() {
    let (_, test, _) = halves();
    let report = report(&test.articles, None);
    assert_eq!(report.warnings, [], "{report:#?}");
    assert_eq!(report.articles, test.articles.len() as u64);
    assert!((report.expected_f1 - report.training_f1).abs() < 0.1, "{report:?}");
    for rate in report.topics.values() {
        assert!(rate.interval.low <= rate.rate && rate.rate <= rate.interval.high, "{rate:?}");
    }
}

#[test]
fn topics_that_come_more_often() {
    let (_, test, _) = halves();
    let energy = |article: &&Article| article.labels().iter().any(|topic| topic.as_str() == "energy");
    let mut more: Vec<Article> = test.articles.iter().filter(energy).cloned().collect();
    more.extend(more.clone());
    more.extend_from_slice(&test.articles[..20]);
    let report = report(&more, None);
    assert!(kinds(&report).contains(&WarningKind::TopicRates), "{:?}", report.warnings);
    let rate = report.topics["energy"];
    assert!(rate.changed && rate.rate > 2.0 * rate.training_rate && rate.p_value < 0.001, "{rate:?}");
    assert!(report.warnings.iter().any(|warning| warning.message.contains("energy (")));
}

#[test]
fn words_that_nobody_knows() {
    let (_, test, _) = halves();
    let strange = |article: &Article| {
        let words = article.text.split_whitespace().enumerate();
        let text: Vec<String> =
            words.map(|(n, word)| if n % 2 == 0 { format!("zq{word}qz") } else { word.to_owned() }).collect();
        Article::new(article.id.as_str(), "", text.join(" "))
    };
    let strange: Vec<Article> = test.articles.iter().map(strange).collect();
    let without = report(&strange, None);
    assert!(without.unknown_words > 0.4 && kinds(&without).contains(&WarningKind::UnknownWords));
    // A finer change shows against a baseline.
    let mut some = test.articles.clone();
    some[..strange.len() / 4].clone_from_slice(&strange[..strange.len() / 4]);
    assert!(!kinds(&report(&some, None)).contains(&WarningKind::UnknownWords));
    let against = report(&some, Some(&test.articles));
    assert!(kinds(&against).contains(&WarningKind::UnknownWords), "{against:?}");
    assert!(against.baseline_unknown_words.unwrap() < against.unknown_words);
    assert_eq!(report(&test.articles, Some(&test.articles)).warnings, []);
}

#[test]
fn another_language() {
    let text = "Der Bundestag hat am Donnerstag mit den Stimmen der Koalition ein Gesetz über den Ausbau der Stromnetze \
                beschlossen. Die Opposition kritisierte, dass die Kosten für die Verbraucher nicht begrenzt werden. Der \
                Minister verteidigte das Vorhaben und verwies auf die Ziele, die sich die Regierung für die kommenden Jahre \
                gesetzt hat. Die Netzbetreiber wollen noch in diesem Jahr mit dem Bau neuer Leitungen beginnen.";
    let german: Vec<Article> = (0..30).map(|n| Article::new(n.to_string(), "", text)).collect();
    let report = report(&german, None);
    assert_eq!(report.languages.get("de"), Some(&30));
    assert_eq!(report.other_languages, 1.0);
    let kinds = kinds(&report);
    assert!(
        kinds.contains(&WarningKind::Language) && kinds.contains(&WarningKind::UnknownWords),
        "{kinds:?}"
    );
}

#[test]
fn parts_merge_into_the_whole() {
    let (_, test, model) = halves();
    let watch = |articles: &[Article]| {
        let mut monitor = Monitor::new(model);
        articles.iter().for_each(|article| monitor.add(article, &model.predict(article)));
        monitor
    };
    let mut parts = watch(&test.articles[..50]);
    parts.merge(watch(&test.articles[50..]));
    let (parts, whole) = (parts.report(None), watch(&test.articles).report(None));
    assert_eq!((parts.articles, &parts.languages), (whole.articles, &whole.languages));
    assert!((parts.unknown_words - whole.unknown_words).abs() < 1e-9);
    assert!((parts.expected_f1 - whole.expected_f1).abs() < 1e-9);
    assert_eq!(Monitor::new(model).report(None).warnings, []);
}

fn run(folder: &TempDir, arguments: &[&str]) -> Output {
    let mut command = assert_cmd::Command::cargo_bin("topicwire").unwrap();
    command.current_dir(folder.path()).args(arguments).output().unwrap()
}

#[test]
fn at_the_command_line() {
    let (_, test, model) = halves();
    let folder = tempfile::tempdir().unwrap();
    model.save(folder.path().join("m.st")).unwrap();
    test.write(folder.path().join("same.jsonl"), Format::Jsonl).unwrap();
    let strange: Vec<Article> =
        (0..20).map(|n| Article::new(n.to_string(), "", "zzxq qqyv wwkj zzpq")).collect();
    Corpus::from(strange).write(folder.path().join("strange.jsonl"), Format::Jsonl).unwrap();

    let same = run(&folder, &["monitor", "--model", "m.st", "same.jsonl", "--fail-on-drift"]);
    assert_eq!(same.status.code(), Some(0), "{same:?}");
    assert!(String::from_utf8_lossy(&same.stdout).contains("No drift"));

    let warned = run(&folder, &["monitor", "--model", "m.st", "strange.jsonl"]);
    assert_eq!(warned.status.code(), Some(0), "{warned:?}");
    let said = String::from_utf8_lossy(&warned.stdout).into_owned();
    assert!(said.contains("Warning: the model does not know 100 %") && said.contains("Label"), "{said}");

    let failed = run(&folder, &["monitor", "-m", "m.st", "strange.jsonl", "--fail-on-drift", "--json"]);
    assert_eq!(failed.status.code(), Some(3), "{failed:?}");
    let report: Value = serde_json::from_slice(&failed.stdout).unwrap();
    assert_eq!(report["warnings"][0]["kind"], "unknown-words");
    assert!(String::from_utf8_lossy(&failed.stderr).contains("drifted"));

    let arguments = ["monitor", "-m", "m.st", "same.jsonl", "--baseline", "same.jsonl", "--fail-on-drift"];
    let baseline = run(&folder, &arguments);
    assert_eq!(baseline.status.code(), Some(0), "{baseline:?}");
    assert_eq!(run(&folder, &["monitor", "-m", "m.st", "missing.jsonl"]).status.code(), Some(1));
    // The outcome is the same whatever the number of threads.
    let with = |threads| {
        run(&folder, &["monitor", "-m", "m.st", "same.jsonl", "--json", "--threads", threads]).stdout
    };
    assert_eq!(with("1"), with("3"));
}
