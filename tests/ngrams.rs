//! Pairs of words are terms where articles are short, and pairs and triples where they are asked for: in whole articles, or in openings.

use topicwire::features::{Vocabulary, VocabularyLimits};
use topicwire::text::{Analyzer, Language};
use topicwire::train::TrainSettings;
use topicwire::{Article, Corpus, TopicModel, Trainer};

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
    let settings = TrainSettings { ngrams: Some(ngrams), ..TrainSettings::default() };
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
    let settings = TrainSettings { ngrams: Some(2), ..TrainSettings::default() };
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

fn with_opening_pairs() -> TrainSettings {
    TrainSettings { opening_pairs: true, ..TrainSettings::default() }
}

#[test]
fn pairs_of_openings_tell_order_in_title_and_lead_and_not_below() {
    let in_lead = corpus();
    let to_title =
        |article: &Article| Article { title: article.text.clone(), text: String::new(), ..article.clone() };
    let in_title = Corpus::from(in_lead.articles.iter().map(to_title).collect::<Vec<_>>());
    let trainer = Trainer::new(with_opening_pairs()).unwrap();
    let (by_lead, by_title) = (trainer.train(&in_lead).unwrap(), trainer.train(&in_title).unwrap());
    for (words, topic) in [("now lion beats tiger", "lion-wins"), ("now tiger beats lion", "tiger-wins")] {
        for (model, title, text) in [(&by_lead, "", words), (&by_title, words, "")] {
            let prediction = model.predict(&Article::new("x", title, text));
            assert_eq!(prediction.topics[0].topic.as_str(), topic, "{title:?} {text:?}");
            assert!(prediction.topics[0].probability > 0.5);
        }
    }
    let below = |words: &str| {
        let text = format!("{}{words}", "number ".repeat(200));
        by_lead.predict(&Article::new("x", "", text)).probabilities
    };
    assert_eq!(below("lion beats tiger"), below("tiger beats lion"));
}

#[test]
fn pairs_of_openings_add_up_to_the_score_and_are_marked_where_they_stand() {
    let model = Trainer::new(with_opening_pairs()).unwrap().train(&corpus()).unwrap();
    assert_eq!(
        model.card().version,
        7,
        "the headlines are short: there are character n-grams and symbols beside the pairs"
    );
    let text = "Lion beats tiger";
    let article = Article::new("x", "", text);
    let explanation = model.explain(&article, None);
    let topic = &explanation.topics[0];
    let sum: f32 = topic.contributions.iter().map(|contribution| contribution.contribution).sum();
    assert!((sum + topic.bias - topic.score).abs() < 1e-4, "{sum} + {} is not {}", topic.bias, topic.score);
    let pair = topic.contributions.iter().find(|contribution| contribution.term.contains(' ')).unwrap();
    assert!(["Lion beats", "beats tiger"].contains(&pair.spans[0].of(&article)), "{pair:?}");
    let again = TopicModel::from_bytes(model.as_bytes()).unwrap();
    assert_eq!(again.predict(&article), model.predict(&article));
}

#[test]
fn pairs_of_openings_have_no_place_beside_those_of_whole_articles() {
    let settings = TrainSettings { ngrams: Some(2), ..with_opening_pairs() };
    let error = Trainer::new(settings).unwrap_err().to_string();
    assert!(error.contains("opening-pairs"), "{error}");
}

#[test]
fn senseless_lengths_are_refused() {
    for ngrams in [0, 4] {
        assert!(Trainer::new(TrainSettings { ngrams: Some(ngrams), ..TrainSettings::default() }).is_err());
    }
}

#[test]
fn of_very_many_articles_a_pair_stands_in_one_of_ten_thousand() {
    let text = |at: usize| match at {
        ..2 => "red kite",
        2..5 => "blue kite",
        _ => "plain",
    };
    let articles = |count: usize| (0..count).map(|at| Article::new(at.to_string(), "", text(at)));
    let analyzer = Analyzer { languages: vec![Language::UNKNOWN], ngrams: 2, ..Analyzer::default() };
    let pairs = |count: usize| {
        let articles: Vec<Article> = articles(count).collect();
        let (vocabulary, _) = Vocabulary::build(&articles, &analyzer, VocabularyLimits::default());
        vocabulary.terms.into_iter().filter(|term| term.contains(' ')).collect::<Vec<_>>()
    };
    assert_eq!(pairs(29_999), ["blue kite", "red kite"]);
    assert_eq!(pairs(30_000), ["blue kite"], "of two articles no more");
}
