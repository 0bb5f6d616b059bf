//! Marks of punctuation, signs and emoji are terms where articles are short, or where it is asked for.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use proptest::prelude::*;
use topicwire::features::are_short;
use topicwire::text::{Analyzer, Language, tokenize};
use topicwire::train::TrainSettings;
use topicwire::{Article, Corpus, TopicModel, Trainer};

fn with_symbols() -> Analyzer {
    Analyzer { symbols: true, ..Analyzer::default() }
}

fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    with_symbols().tokenize(text, |token| tokens.push(token.text()));
    tokens
}

#[test]
fn a_run_of_the_same_symbol_is_one_token() {
    let cases: [(&str, &[&str]); 9] = [
        ("Wow!!! Really?!", &["Wow", "!!!", "Really", "?", "!"]),
        ("#oil @opec $80 50%", &["#", "oil", "@", "opec", "$", "80", "50", "%"]),
        ("... > > >>quoted", &["...", ">", ">", ">>", "quoted"]),
        ("__init__ ___ a_b", &["__init__", "___", "a_b"]),
        ("don't, U.S. 1,234.5", &["don't", ",", "U.S", ".", "1,234.5"]),
        ("👩‍💻👩‍💻 ❤️ 👍🏽", &["👩‍💻👩‍💻", "❤️", "👍🏽"]),
        ("“été” — 3 €", &["“", "été", "”", "—", "3", "€"]),
        ("石油、価格。", &["石油", "、", "価格", "。"]),
        (" \t\r\n\u{200b}\u{feff}\0", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(tokens(text), expected, "{text}");
    }
}

#[test]
fn the_term_of_a_run_is_no_longer_than_four_and_the_same_however_it_is_written() {
    let term = |token: &str| with_symbols().for_language(Language::ENGLISH).term(token);
    assert_eq!(term("!!"), Some("!!".into()));
    assert_eq!(term("!!!!!!!"), term("!!!!"));
    assert_eq!(term("…"), term("..."));
    assert_eq!(term("！"), term("!"));
    assert_eq!(term("❤\u{fe0f}"), term("❤"));
    assert_eq!(term("a"), None, "letters on their own are none, as ever");
    let without = Analyzer::default().for_language(Language::ENGLISH);
    assert_eq!(without.term("!!"), None);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn words_stay_what_they_are(text in "\\PC{0,60}", more in "[ -~]{0,60}", any in any::<String>()) {
        for text in [text, more, any] {
            let mut words = Vec::new();
            tokenize(&text, |token| words.push((token.start, token.end)));
            let (mut among, mut at) = (Vec::new(), 0);
            with_symbols().tokenize(&text, |token| {
                assert_eq!(&text[token.start..token.end], token.text());
                match words.contains(&(token.start, token.end)) {
                    true => among.push((token.start, token.end)),
                    false => assert!(token.start >= at && !token.text().chars().all(char::is_whitespace)),
                }
                at = token.end;
            });
            prop_assert_eq!(among, words);
        }
    }
}

/// Articles of the same words: one topic asks, the other cries out.
fn corpus() -> Corpus {
    let words = ["rain", "wind", "snow", "storm", "cloud", "frost", "thaw", "hail", "mist", "fog"];
    let mut articles = Vec::new();
    for (at, word) in words.iter().enumerate() {
        for other in &words[at + 1..] {
            let id = |topic| format!("{topic}-{word}-{other}");
            articles
                .push(Article::new(id("q"), "", format!("{word} and {other}?")).with_topics(["question"]));
            articles.push(Article::new(id("c"), "", format!("{other} and {word}!!")).with_topics(["cry"]));
        }
    }
    Corpus::from(articles)
}

fn train(symbols: Option<bool>) -> TopicModel {
    let languages = vec![Language::ENGLISH];
    let settings = TrainSettings { symbols, languages, ngrams: Some(1), ..TrainSettings::default() };
    Trainer::new(settings).unwrap().train(&corpus()).unwrap()
}

fn asked(mark: &str) -> Article {
    Article::new("x", "", format!("Sun, moon, rain{mark}"))
}

#[test]
fn what_only_symbols_tell_is_told() {
    let model = train(None);
    for (mark, topic) in [("?", "question"), ("!!", "cry")] {
        let prediction = model.predict(&asked(mark));
        assert_eq!(prediction.topics[0].topic.as_str(), topic);
        assert!(prediction.topics[0].probability > 0.9, "{prediction:?}");
    }
    let without = train(Some(false));
    assert_eq!(without.predict(&asked("?")).probabilities, without.predict(&asked("!!")).probabilities);
}

#[test]
fn symbols_are_no_words_that_are_known() {
    let known = |model: &TopicModel, mark: &str| model.predict(&asked(mark)).known;
    let (with, without) = (train(None), train(Some(false)));
    for mark in ["", "?", "!!", " ***"] {
        assert_eq!(known(&with, mark), known(&without, mark));
    }
}

#[test]
fn an_explanation_names_symbols_and_adds_up() {
    let explanation = train(None).explain(&asked("?"), None);
    let topic = &explanation.topics[0];
    let sum: f32 = topic.contributions.iter().map(|one| one.contribution).sum();
    assert!((topic.bias + sum - topic.score).abs() < 1e-5);
    assert_eq!(&*topic.contributions[0].term, "?", "the strongest");
}

#[test]
fn a_model_with_them_comes_back_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.safetensors");
    let model = train(None);
    model.save(&path).unwrap();
    let loaded = TopicModel::load_copy(&path).unwrap();
    assert_eq!(loaded.card().version, 7);
    assert!(train(Some(false)).card().version < 7, "older programs read what they can");
    assert_eq!(loaded.predict(&asked("?")), model.predict(&asked("?")));
}

#[test]
fn short_articles_have_symbols_and_pairs_and_long_ones_do_not() {
    let articles = |words: usize| -> Vec<Article> {
        let text = |at: usize| format!("{}: {}", "title", vec!["word"; words - 1 - at % 2].join(", "));
        // Half of them a word shorter, half a word longer.
        (0..10).map(|at| Article::new(at.to_string(), "", text(at) + ["", " and more"][at % 2])).collect()
    };
    let mean = |words: usize| {
        let articles = articles(words);
        let mut all = 0;
        articles.iter().for_each(|article| tokenize(&article.text, |_| all += 1));
        (all as f64 / articles.len() as f64, are_short(&articles))
    };
    assert_eq!(mean(63), (63.5, true));
    assert_eq!(mean(64), (64.5, false), "commas are no words");
    assert!(!are_short(&[Article::new("1", "", "x".repeat(3_000))]), "too long for any number of words");
    assert!(!are_short(&[Article::new("1", "!", "?")]), "empty rather than short");

    let analyzer = |settings: TrainSettings| {
        let model = Trainer::new(settings).unwrap().train(&corpus()).unwrap();
        (model.card().analyzer.symbols, model.card().analyzer.ngrams)
    };
    assert_eq!(analyzer(TrainSettings::default()), (true, 2));
    let opening = TrainSettings { opening_pairs: true, ..TrainSettings::default() };
    assert_eq!(analyzer(opening), (true, 1), "pairs of openings are pairs enough");
    let said = TrainSettings { symbols: Some(false), ngrams: Some(1), ..TrainSettings::default() };
    assert_eq!(analyzer(said), (false, 1));
}
