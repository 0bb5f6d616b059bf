//! Pairs and triples of words are terms where they are asked for.

use topicwire::train::TrainSettings;
use topicwire::{Article, Corpus, Trainer};

/// Two topics of the same words in another order.
fn corpus() -> Corpus {
    let mut articles = Vec::new();
    for n in 0..30 {
        let filler = ["yesterday", "today", "again", "at last", "they say"][n % 5];
        let text = |a: &str, b: &str| format!("number {n}: {a} beats {b} {filler}, said witness {}", n * 7);
        articles.push(Article::new(format!("a{n}"), "", text("lion", "tiger")).with_topics(["lion-wins"]));
        articles.push(Article::new(format!("b{n}"), "", text("tiger", "lion")).with_topics(["tiger-wins"]));
    }
    Corpus::from(articles)
}

fn right(ngrams: u8) -> usize {
    let settings = TrainSettings { ngrams, ..TrainSettings::default() };
    let model = Trainer::new(settings).unwrap().train(&corpus()).unwrap();
    let unseen = |text: &str, topic: &str| {
        model.predict(&Article::new("x", "", text)).topics[0].topic.as_str() == topic
    };
    let cases = [("now lion beats tiger", "lion-wins"), ("now tiger beats lion", "tiger-wins")];
    cases.into_iter().filter(|(text, topic)| unseen(text, topic)).count()
}

#[test]
fn order_is_seen_through_pairs_and_triples_alone() {
    assert_eq!(right(1), 1, "words alone cannot tell the topics apart");
    assert_eq!(right(2), 2);
    assert_eq!(right(3), 2);
}

#[test]
fn pairs_of_words_are_shown_and_explained_as_written() {
    let settings = TrainSettings { ngrams: 2, ..TrainSettings::default() };
    let model = Trainer::new(settings).unwrap().train(&corpus()).unwrap();
    let strongest = model.strongest_terms(topicwire::TopicId(0), 3);
    assert!(
        strongest.iter().any(|term| term.term == "beat tiger" || term.term == "lion beat"),
        "{strongest:?}"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.safetensors");
    model.save(&path).unwrap();
    let mut command = assert_cmd::Command::cargo_bin("topicwire").unwrap();
    let output = command
        .args(["explain", "--text", "Lion beats tiger", "--output", "json", "--model"])
        .arg(&path)
        .output()
        .unwrap();
    let explained = String::from_utf8(output.stdout).unwrap();
    assert!(explained.contains("Lion beats"), "{explained}");
}

#[test]
fn senseless_lengths_are_refused() {
    for ngrams in [0, 4] {
        assert!(Trainer::new(TrainSettings { ngrams, ..TrainSettings::default() }).is_err());
    }
}
