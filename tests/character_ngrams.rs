//! A word that no article had is known by what it is spelled of, where articles are short.

use topicwire::features::{CharacterNgrams, Vocabulary, VocabularyLimits};
use topicwire::text::{Analyzer, Language};
use topicwire::train::{Classifier, TrainSettings};
use topicwire::{Article, Corpus, TopicModel, Trainer};

/// Words as they are written.
fn unstemmed() -> Analyzer {
    Analyzer { languages: vec![Language::UNKNOWN], stem: false, ..Analyzer::default() }
}

fn ngrams(text: &str, limits: VocabularyLimits) -> CharacterNgrams {
    Vocabulary::build(&[Article::new("1", "", text)], &unstemmed(), limits).0.character_ngrams
}

#[test]
fn ngrams_are_of_two_to_four_characters_that_two_words_share() {
    let limits = VocabularyLimits { character_ngrams: Some(true), ..VocabularyLimits::default() };
    let found = ngrams("Käse käsig 2024 2025", limits);
    assert_eq!(
        found.texts,
        ["<k", "<kä", "<käs", "kä", "käs", "äs"],
        "characters, not bytes; numbers have none"
    );
    assert_eq!(found.of(1), [0, 1, 2, 3, 4, 5]);
    let three = VocabularyLimits { max_terms: 6, ..limits };
    assert_eq!(
        ngrams("käse käsig 2024", three).texts,
        ["<k", "<kä", "<käs"],
        "no more terms than are asked for"
    );
    assert!(ngrams("käse käsig", VocabularyLimits { character_ngrams: Some(false), ..limits }).is_empty());
}

/// Articles of `words` words, of which one in five stands in them alone, and one in five in one other.
fn articles(words: usize) -> Vec<Article> {
    let letters = |number: usize| -> String {
        number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
    };
    let word = |article: usize, place: usize| match place % 5 {
        0 => letters(1_000_000 + 1_000 * article + place),
        1 => letters(3_000_000 + 1_000 * (article / 2) + place),
        _ => letters(5_000_000 + place),
    };
    let text = |article| (0..words).map(|place| word(article, place)).collect::<Vec<_>>().join(" ");
    (0..200).map(|article| Article::new(article.to_string(), "", text(article))).collect()
}

#[test]
fn short_articles_have_them_and_long_ones_do_not() {
    let has = |words: usize, limits: VocabularyLimits| {
        !Vocabulary::build(&articles(words), &unstemmed(), limits).0.character_ngrams.is_empty()
    };
    let usual = VocabularyLimits::default();
    assert!(has(64, usual));
    assert!(!has(65, usual));
    assert!(
        !has(64, VocabularyLimits { min_articles: Some(2), ..usual }),
        "words of one article are left out"
    );
    assert!(has(65, VocabularyLimits { character_ngrams: Some(true), ..usual }));
}

/// Headlines of which no two have a word in common, but those of energy have words that are spelled alike.
fn corpus() -> Corpus {
    let ends =
        ["ation", "ators", "alists", "ism", "ary", "able", "ward", "hood", "ness", "ling", "berg", "stein"];
    let article = |(at, end): (usize, &&str)| {
        [
            Article::new(format!("e{at}"), "", format!("petro{end} hydro{end}")).with_topics(["energy"]),
            Article::new(format!("s{at}"), "", format!("kick{end} olymp{end}")).with_topics(["sport"]),
        ]
    };
    Corpus::from(ends.iter().enumerate().flat_map(article).collect::<Vec<_>>())
}

fn train(character_ngrams: Option<bool>) -> TopicModel {
    let languages = vec![Language::ENGLISH];
    let settings =
        TrainSettings { character_ngrams, languages, symbols: Some(false), ..TrainSettings::default() };
    Trainer::new(settings).unwrap().train(&corpus()).unwrap()
}

/// Of a word that was seen, and two that were not.
fn asked() -> Article {
    Article::new("x", "", "Kickable: the petrography of hydroponics")
}

#[test]
fn a_word_never_seen_says_what_words_say_that_are_spelled_like_it() {
    let energy = |model: &TopicModel| model.predict(&asked()).probabilities[0];
    let (with, without) = (train(None), train(Some(false)));
    assert_eq!(with.card().report.terms, without.card().report.terms);
    assert!(with.card().report.character_ngrams > 0);
    assert!(energy(&without) < 0.5, "what is known speaks for sport: {}", energy(&without));
    assert!(energy(&with) > 0.5, "what is not known speaks for energy: {}", energy(&with));
    assert_eq!(with.predict(&asked()).known, without.predict(&asked()).known, "it is not known all the same");
}

#[test]
fn an_explanation_names_the_word_with_all_that_its_ngrams_say() {
    let model = train(None);
    let explanation = model.explain(&asked(), Some(model.topics()));
    for topic in &explanation.topics {
        let sum: f32 = topic.contributions.iter().map(|one| one.contribution).sum();
        assert!((topic.bias + sum - topic.score).abs() < 1e-5);
        let energy = topic.topic.as_str() == "energy";
        for (word, says) in [("petrography", energy), ("hydroponics", energy), ("Kickable", !energy)] {
            let here = |place: &&(topicwire::model::Span, f32)| place.0.of(&asked()) == word;
            let places = topic.by_place();
            let (_, contribution) = *places.iter().find(here).unwrap();
            assert_eq!(contribution > 0.0, says, "{word} for {}: {contribution}", topic.topic);
        }
        assert!(
            topic.contributions.iter().any(|one| &*one.term == "petrographi"),
            "by its stem, as terms are"
        );
    }
    let strongest = model.strongest_terms(topicwire::TopicId(0), 1000);
    assert!(strongest.iter().all(|term| !term.term.contains('<')), "n-grams are no terms to show");
}

#[test]
fn a_model_with_them_comes_back_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.safetensors");
    let model = train(None);
    model.save(&path).unwrap();
    let loaded = TopicModel::load_copy(&path).unwrap();
    assert_eq!(loaded.card().version, 6);
    assert_eq!(train(Some(false)).card().version, 5, "older programs read what they can");
    assert_eq!(loaded.predict(&asked()), model.predict(&asked()));
}

#[test]
fn what_cannot_have_them_is_told() {
    let fails = |settings: TrainSettings, corpus: &Corpus| {
        Trainer::new(settings).and_then(|trainer| trainer.train(corpus)).unwrap_err().to_string()
    };
    let settings = TrainSettings { character_ngrams: Some(true), ..TrainSettings::default() };
    let compact = fails(TrainSettings { compact: true, ..settings.clone() }, &corpus());
    assert!(compact.contains("character-ngrams: a compact model has none: choose one"), "{compact}");
    let bayes = fails(TrainSettings { classifier: Classifier::NaiveBayes, ..settings.clone() }, &corpus());
    assert!(bayes.contains("character-ngrams: they are for the classifiers svm and logistic"), "{bayes}");
    let topic = |n: usize| Article::new(n.to_string(), "", "word").with_topics([format!("t{}", n % 129)]);
    let many = fails(settings, &Corpus::from((0..400).map(topic).collect::<Vec<_>>()));
    assert!(many.contains("129 topics") && many.contains("leave them out"), "{many}");
    // Where nothing is said, there are none, and nothing is told.
    let quiet = TrainSettings { compact: true, ..TrainSettings::default() };
    let model = Trainer::new(quiet).unwrap().train(&corpus()).unwrap();
    assert_eq!(model.card().report.character_ngrams, 0);
}
