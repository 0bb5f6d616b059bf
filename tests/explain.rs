//! An explanation adds up to the score, and points at the words that it speaks of.

use std::process::Output;
use std::sync::OnceLock;

use proptest::prelude::*;
use serde_json::Value;
use topicwire::features::Field;
use topicwire::model::{Neighbours, Part};
use topicwire::train::{Effort, TrainSettings};
use topicwire::{Article, Corpus, Task, Topic, TopicModel, Trainer};

fn starter_corpus() -> &'static Corpus {
    static CORPUS: OnceLock<Corpus> = OnceLock::new();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/newsroom.jsonl");
    CORPUS.get_or_init(|| Corpus::read(path).unwrap())
}

/// A model of several topics to an article, and two of exactly one: without and with a second stage over the scores; and one that knows
/// words by their character n-grams.
fn models() -> &'static [TopicModel; 4] {
    static MODELS: OnceLock<[TopicModel; 4]> = OnceLock::new();
    MODELS.get_or_init(|| {
        let trainer =
            Trainer::new(TrainSettings { effort: Effort::Fast, ..TrainSettings::default() }).unwrap();
        let mut single = starter_corpus().clone();
        single.articles.retain_mut(|article| {
            let first = article.topics.iter().flatten().next().cloned();
            article.topics = first.map(|topic| vec![topic]);
            article.topics.is_some()
        });
        let spelled = TrainSettings { character_ngrams: Some(true), ..trainer.settings().clone() };
        let models = [
            trainer.train(starter_corpus()).unwrap(),
            trainer.train(&single).unwrap(),
            Trainer::default().train(&single).unwrap(),
            Trainer::new(spelled).unwrap().train(starter_corpus()).unwrap(),
        ];
        assert_eq!(
            models.each_ref().map(TopicModel::task),
            [Task::Multi, Task::Single, Task::Single, Task::Multi]
        );
        models
    })
}

fn check(model: &TopicModel, article: &Article) -> Result<(), TestCaseError> {
    let explanation = model.explain(article, Some(model.topics()));
    let prediction = model.predict(article);
    prop_assert_eq!(explanation.topics.len(), model.topics().len());
    prop_assert_eq!(explanation.known, prediction.known);
    for (place, topic) in explanation.topics.iter().enumerate() {
        let sum: f64 = topic.contributions.iter().map(|one| f64::from(one.contribution)).sum();
        let score = f64::from(topic.bias) + sum;
        prop_assert!((score - f64::from(topic.score)).abs() < 1e-5, "{} is not {}", score, topic.score);
        let places: f64 = topic.by_place().iter().map(|place| f64::from(place.1)).sum();
        prop_assert!((places - sum).abs() < 1e-4);
        let number = model.topics().binary_search(&topic.topic).unwrap();
        prop_assert_eq!(topic.probability, prediction.probabilities[number]);
        prop_assert_eq!(topic.assigned, place < prediction.topics.len());
        prop_assert_eq!(topic.threshold.is_some(), model.task() == Task::Multi);
        for one in &topic.contributions {
            prop_assert!(!one.spans.is_empty());
            for span in one.spans.iter() {
                prop_assert!(!span.of(article).is_empty());
                prop_assert!(span.part == Part::Text || one.field != Field::Lead);
                prop_assert!(span.part == Part::Title || one.field != Field::Title);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn contributions_add_up_for_articles_of_known_words(
        title in 0_usize..400, texts in prop::collection::vec((0_usize..400, 0_usize..300), 0..6), which in 0_usize..4
    ) {
        let articles = &starter_corpus().articles;
        let mut text = String::new();
        for (article, words) in texts {
            let words: Vec<&str> = articles[article].text.split_whitespace().take(words).collect();
            text += &words.join(" ");
            text.push('\n');
        }
        check(&models()[which], &Article::new("x", articles[title].title.as_str(), text))?;
    }

    #[test]
    fn contributions_add_up_for_anything(title in ".{0,30}", text in "\\PC{0,200}", which in 0_usize..4) {
        check(&models()[which], &Article::new("x", title, text))?;
    }
}

#[test]
fn spans_are_bytes_of_the_words_as_written() {
    let [model, ..] = models();
    let article = Article::new("x", "Öl: OPEC’s quota", "“Crude” rose — crude, CRUDE. Ünd OPEC");
    let topic = Topic::from("energy");
    let explanation = model.explain(&article, Some(std::slice::from_ref(&topic)));
    let energy = explanation.topics.iter().find(|one| one.topic == topic).unwrap();
    let body =
        |term: &str| energy.contributions.iter().find(|one| &*one.term == term && one.field == Field::Body);
    let crude = body("crude").unwrap();
    let written: Vec<&str> = crude.spans.iter().map(|span| span.of(&article)).collect();
    assert_eq!(written, ["Crude", "crude", "CRUDE"]);
    assert_eq!(crude.spans[0].start, "“".len());
    assert!(crude.contribution > 0.0);
    let opec = body("opec").unwrap();
    let parts: Vec<Part> = opec.spans.iter().map(|span| span.part).collect();
    assert_eq!(parts.last(), Some(&Part::Text));
}

#[test]
fn asked_topics_follow_the_assigned_ones_once() {
    let [multi, single, ..] = models();
    let article = Article::new("x", "", "Crude oil output of OPEC");
    let asked = [Topic::from("no such topic"), multi.topics()[3].clone(), multi.topics()[3].clone()];
    let explanation = multi.explain(&article, Some(&asked));
    let given = multi.predict(&article).topics;
    let names: Vec<&Topic> = explanation.topics.iter().map(|topic| &topic.topic).collect();
    assert_eq!(names[..given.len()], given.iter().map(|one| &one.topic).collect::<Vec<_>>()[..]);
    assert!(names.len() <= given.len() + 1 && names.contains(&&asked[1]));
    assert_eq!(single.explain(&article, None).topics.len(), 1);

    // Nothing speaks for anything: the likeliest topic shows why not.
    let nothing = multi.explain(&Article::new("x", "", "zzzyx qqqvw"), None);
    assert_eq!(nothing.topics.len(), 1);
    assert!(!nothing.topics[0].assigned && nothing.topics[0].contributions.is_empty());
    assert_eq!(nothing.topics[0].score, nothing.topics[0].bias);
}

#[test]
fn the_nearest_article_of_an_article_is_itself() {
    let [model, ..] = models();
    let articles = &starter_corpus().articles[..50];
    let neighbours = Neighbours::new(model, articles);
    let mut scorer = model.scorer();
    for (place, article) in articles.iter().enumerate() {
        let near = neighbours.nearest(&mut scorer, article, 3);
        assert_eq!(near[0].place, place);
        assert!((near[0].similarity - 1.0).abs() < 1e-5);
        assert!(near.windows(2).all(|pair| pair[0].similarity >= pair[1].similarity));
    }
    assert!(neighbours.nearest(&mut scorer, &Article::new("x", "", "zzzyx"), 3).is_empty());
}

fn run(arguments: &[&str], input: &str) -> Output {
    let mut command = assert_cmd::Command::cargo_bin("topicwire").unwrap();
    command.args(arguments).write_stdin(input).output().unwrap()
}

fn gives(arguments: &[&str], input: &str) -> String {
    let output = run(arguments, input);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn json_adds_up_and_points_into_the_article() {
    let text = "Crude oil rose 3% after OPEC cut its output quota.";
    let output = gives(&["explain", "--text", text, "--output", "json", "--topic", "health"], "");
    let line: Value = serde_json::from_str(&output).unwrap();
    assert_eq!(line["id"], "text");
    let topics = line["topics"].as_array().unwrap();
    assert!(topics.iter().any(|topic| topic["topic"] == "health" && topic["assigned"] == false));
    for topic in topics {
        let mut sum = topic["bias"].as_f64().unwrap();
        for one in topic["contributions"].as_array().unwrap() {
            sum += one["contribution"].as_f64().unwrap();
            for span in one["spans"].as_array().unwrap() {
                let at = |end: &str| span[end].as_u64().unwrap() as usize;
                let word = &text[at("start")..at("end")];
                assert!(one["words"].as_array().unwrap().iter().any(|written| written == word));
                assert_eq!(span["part"], "text");
            }
        }
        assert!((sum - topic["score"].as_f64().unwrap()).abs() < 1e-5);
    }
}

#[test]
fn text_holds_no_escapes_where_it_is_not_a_terminal() {
    let article = "{\"id\": \"a\", \"text\": \"Crude\\u001b[31m oil and OPEC\"}\n";
    let output = gives(&["explain", "-"], article);
    assert!(!output.contains('\x1b'), "{output}");
    assert!(output.contains("[Crude]") && output.contains("bias"), "{output}");
}

#[test]
fn the_page_is_escaped_and_stands_alone() {
    let article =
        "{\"id\": \"<i>\", \"title\": \"<script>alert(1)</script>\", \"text\": \"Crude & oil <b>OPEC\"}\n";
    let corpus = tempfile::Builder::new().suffix(".jsonl").tempfile().unwrap();
    let near = "{\"id\": \"n\\\"1\", \"title\": \"<u>\", \"text\": \"OPEC crude\", \"topics\": [\"<em>\"]}\n";
    std::fs::write(corpus.path(), near).unwrap();
    let corpus = corpus.path().to_str().unwrap();
    let page = gives(&["explain", "-", "--output", "html", "--corpus", corpus], article);
    for bad in ["<script", "<b>OPEC", "<i>", "<u>", "<em>", "http://", "https://"] {
        assert!(!page.contains(bad), "{bad} in {page}");
    }
    for good in ["&lt;", "<mark ", "prefers-color-scheme: dark", "</html>", "&lt;em&gt;"] {
        assert!(page.contains(good), "no {good} in {page}");
    }
}

#[test]
fn the_nearest_labelled_articles() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/newsroom.jsonl");
    let article = serde_json::to_string(&starter_corpus().articles[0]).unwrap();
    let output = gives(&["explain", "-", "--corpus", corpus, "--output", "json"], &article);
    let line: Value = serde_json::from_str(&output).unwrap();
    let nearest = line["nearest"].as_array().unwrap();
    assert_eq!(nearest.len(), 5);
    // The article itself is not its own neighbour.
    assert!(nearest.iter().all(|near| near["id"] != starter_corpus().articles[0].id.as_str()));
    assert!(nearest[0]["topics"].as_array().unwrap().iter().any(|topic| topic == "energy"), "{nearest:?}");
}

#[test]
fn wrong_usage() {
    let output = run(&["explain", "--text", "x", "--topic", "no-such-topic"], "");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("no-such-topic") && said.contains("energy"), "{said}");
    assert_eq!(run(&["explain"], "").status.code(), Some(2));
}
