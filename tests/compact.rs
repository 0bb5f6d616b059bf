//! A compact model is much smaller, and nearly as good.

use topicwire::evaluate::evaluate_model;
use topicwire::train::TrainSettings;
use topicwire::{Article, Corpus, Split, TopicModel, Trainer};

fn part(corpus: &Corpus, split: Split) -> Vec<Article> {
    corpus.articles.iter().filter(|article| article.split == Some(split)).cloned().collect()
}

fn train(articles: &[Article], settings: TrainSettings) -> TopicModel {
    Trainer::new(settings).unwrap().train(&Corpus::from(articles.to_vec())).unwrap()
}

#[test]
fn less_than_half_the_size_and_nearly_as_good() {
    let path = format!("{}/corpus/newsroom.jsonl", env!("CARGO_MANIFEST_DIR"));
    let corpus = Corpus::read(path).unwrap();
    let (learned, test) = (part(&corpus, Split::Train), part(&corpus, Split::Test));
    for (ngrams, opening_pairs) in [(1, false), (1, true), (2, false)] {
        let settings = TrainSettings { ngrams: Some(ngrams), opening_pairs, ..TrainSettings::default() };
        let whole = train(&learned, settings.clone());
        let compact = train(&learned, TrainSettings { compact: true, ..settings });
        assert!(compact.card().settings.compact);
        assert!(2 * compact.as_bytes().len() < whole.as_bytes().len(), "{ngrams} {opening_pairs}");
        let f1 = |model| evaluate_model(model, &test).unwrap().evaluation.micro.f1;
        let (whole, compact) = (f1(&whole), f1(&compact));
        assert!(compact > whole - 0.02, "{ngrams} {opening_pairs}: {compact} against {whole}");
    }
}
