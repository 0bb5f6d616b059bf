//! The starter corpus is what its datasheet says, and the starter model is what comes of it.

use std::collections::{BTreeMap, BTreeSet};

use topicwire::corpus::RepeatSettings;
use topicwire::{Corpus, Split, Taxonomy, Topic, Trainer};

fn path(name: &str) -> String {
    format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn corpus() -> Corpus {
    Corpus::read(path("corpus/newsroom.jsonl")).unwrap()
}

fn taxonomy() -> Taxonomy {
    Taxonomy::read(path("corpus/topics.toml")).unwrap()
}

#[test]
fn the_taxonomy_defines_every_topic_and_no_other() {
    let taxonomy = taxonomy();
    for topic in taxonomy.topics() {
        let texts = [&topic.name, &topic.definition, &topic.includes, &topic.excludes, &topic.iptc];
        assert!(texts.iter().all(|text| !text.is_empty()), "{}", topic.id);
    }
    let corpus = corpus();
    let used = corpus.topics();
    let ids: BTreeSet<&Topic> = taxonomy.topics().iter().map(|topic| &topic.id).collect();
    assert_eq!(used.iter().map(|row| &row.0).collect::<BTreeSet<_>>(), ids);
}

#[test]
fn articles_are_many_short_and_of_several_topics() {
    let corpus = corpus();
    let articles = &corpus.articles;
    assert!(articles.len() >= 800, "{}", articles.len());
    let several = articles.iter().filter(|article| article.labels().len() > 1).count();
    assert!(several * 100 >= articles.len() * 45, "{several}");
    let test: Vec<_> = articles.iter().filter(|article| article.split == Some(Split::Test)).collect();
    assert!(test.len() >= 160, "{}", test.len());
    assert!(articles.iter().all(|article| article.split.is_some() && !article.title.is_empty()));
    for article in articles {
        let words = article.text.split_whitespace().count();
        assert!((80..=250).contains(&words), "{} has {words} words", article.id);
    }
    let in_test: BTreeMap<&str, usize> =
        test.iter().flat_map(|a| a.labels()).fold(BTreeMap::new(), |mut counts, t| {
            *counts.entry(t.as_str()).or_default() += 1;
            counts
        });
    for (topic, count) in corpus.topics() {
        let share = in_test.get(topic.as_str()).copied().unwrap_or(0) as f64 / count as f64;
        assert!((0.1..0.3).contains(&share), "{topic}: {share:.2} of its articles are in the test part");
    }
}

#[test]
fn no_article_is_a_paraphrase_of_another() {
    let repeats = corpus().repeats(&RepeatSettings::default());
    assert!(repeats.similar.is_empty(), "{:?}", repeats.similar);
    assert!(repeats.phrases.is_empty(), "{:?}", repeats.phrases);
}

/// `cargo run --release -- train corpus/newsroom.jsonl --taxonomy corpus/topics.toml --model models/newsroom.safetensors`
/// makes the model anew.
#[test]
fn training_again_gives_the_starter_model_byte_for_byte() {
    let trained = Trainer::default().with_taxonomy(taxonomy().into()).train(&corpus()).unwrap();
    let kept = std::fs::read(path("models/newsroom.safetensors")).unwrap();
    assert!(kept.len() < 3_000_000, "{}", kept.len());
    assert!(
        trained.as_bytes() == kept,
        "the corpus, the settings or the trainer have changed: make the model anew"
    );
}

/// Training is repeatable to the byte, so these figures move only when topicwire changes. Where a change makes them better, raise them.
#[test]
fn quality_does_not_fall_by_half_a_point() {
    let corpus = corpus();
    let part = |split| -> Vec<_> {
        corpus.articles.iter().filter(|article| article.split == Some(split)).cloned().collect()
    };
    let model = Trainer::default().train(&Corpus::from(part(Split::Train))).unwrap();
    let figures = topicwire::evaluate::evaluate_model(&model, &part(Split::Test)).unwrap().evaluation;
    assert!(figures.micro.f1 > 0.802 - 0.005, "micro-F1 {}", figures.micro.f1);
    assert!(figures.macro_average.f1 > 0.796 - 0.005, "macro-F1 {}", figures.macro_average.f1);
    let log_loss = figures.log_loss.expect("the topics are the model's");
    assert!(log_loss < 0.0791, "log loss {log_loss}");
}
