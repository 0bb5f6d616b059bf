//! How fast each stage is, on the starter corpus: `cargo bench`.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use linfa::prelude::ParamGuard;
use topicwire::features::{
    Bags, ColumnTopics, Columns, Counts, FieldWeights, Vocabulary, VocabularyLimits, Weighting,
};
use topicwire::learn::{Duals, Labels, Svm};
use topicwire::text::{Analyzer, Language, tokenize};
use topicwire::{Corpus, TopicModel};

fn path(name: &str) -> String {
    format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn stages(criterion: &mut Criterion) {
    let corpus = Corpus::read(path("corpus/newsroom.jsonl")).expect("the starter corpus is there");
    let articles = &corpus.articles;
    let bytes = articles.iter().map(|article| (article.title.len() + article.text.len()) as u64).sum();
    let topics = corpus.topics().len();
    let targets = corpus.topic_numbers();

    let mut group = criterion.benchmark_group("stages");
    group.throughput(Throughput::Bytes(bytes));
    group.bench_function("tokenize", |bencher| {
        bencher.iter(|| {
            let mut words = 0;
            articles.iter().for_each(|article| tokenize(&article.text, |_| words += 1));
            black_box(words)
        });
    });
    let analyzer = Analyzer { languages: vec![Language::ENGLISH], ..Analyzer::default() };
    let limits = VocabularyLimits::default();
    group.bench_function("analyse", |bencher| {
        bencher.iter(|| black_box(Vocabulary::build(articles, &analyzer, limits)));
    });
    let (vocabulary, documents) = Vocabulary::build(articles, &analyzer, limits);
    let fields = FieldWeights::default();
    let terms = vocabulary.terms.len();
    group.bench_function("bag", |bencher| {
        bencher.iter(|| black_box(Bags::new(&documents, terms, fields.lead_tokens)))
    });
    let bags = Bags::new(&documents, terms, fields.lead_tokens);
    let columns = Columns::new(&bags, terms, &fields, vocabulary.min_articles);
    group
        .bench_function("count", |bencher| bencher.iter(|| black_box(Counts::new(&bags, &columns, &fields))));
    let counts = Counts::new(&bags, &columns, &fields);
    let column_topics = ColumnTopics::new(&counts);
    let weigh = || {
        let weights = column_topics.weights(Weighting::Pmi, &targets, topics, |_| true);
        counts.weigh(&weights, &fields)
    };
    group.bench_function("weigh", |bencher| bencher.iter(|| black_box(weigh())));
    let (records, labels) = (weigh(), Labels::new(&targets, topics));
    let rows: Vec<u32> = (0..records.len() as u32).collect();
    let svm = Svm::params().check().expect("the usual parameters make sense");
    group.bench_function("fit", |bencher| {
        bencher.iter(|| black_box(svm.fit_rows(&records, &labels, &rows, &Duals::None)).is_ok());
    });
    let file = path("models/newsroom.safetensors");
    group.bench_function("load", |bencher| bencher.iter(|| black_box(TopicModel::load(&file)).is_ok()));
    let model = TopicModel::load(&file).expect("the starter model is there");
    let mut scorer = model.scorer();
    group.bench_function("score and decide", |bencher| {
        bencher
            .iter(|| articles.iter().map(|a| model.predict_with(&mut scorer, a).topics.len()).sum::<usize>());
    });
    group.finish();
}

criterion_group!(benches, stages);
criterion_main!(benches);
