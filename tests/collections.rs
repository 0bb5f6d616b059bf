//! The figures on the two public collections, with default settings: trained on the training half, reported on the test
//! half, each printed beside what it must reach.
//!
//! `TOPICWIRE_HEAVY=1 cargo test --release --test collections -- --nocapture` prints them. Without that variable, or where
//! the collections are missing, the tests are skipped and say so.

mod public_data;

use std::path::PathBuf;
use std::time::Instant;

use public_data::collection_for_heavy_tests as collection;
use topicwire::corpus::{Encoding, Filter, Format, ReadOptions, topic_list};
use topicwire::evaluate::evaluate_model;
use topicwire::metrics::Evaluation;
use topicwire::{Corpus, Split, TopicModel};

fn halves(path: &PathBuf, options: &ReadOptions) -> [Corpus; 2] {
    [Split::Train, Split::Test].map(|split| {
        let options = ReadOptions { split: Some(split), ..options.clone() };
        Corpus::read_all(std::slice::from_ref(path), &options).unwrap().corpus
    })
}

/// The halves of Reuters with the topics that both have.
fn reuters(path: &PathBuf, options: &ReadOptions) -> [Corpus; 2] {
    let [mut train, mut test] = halves(path, options);
    let (in_train, in_test) = (train.topic_set(), test.topic_set());
    Filter { shared_topics: Some(in_test), ..Filter::default() }.apply(&mut train);
    Filter { shared_topics: Some(in_train), ..Filter::default() }.apply(&mut test);
    [train, test]
}

fn figures(name: &str, [train, test]: &[Corpus; 2]) -> (TopicModel, Evaluation) {
    let start = Instant::now();
    let model = TopicModel::train(train).unwrap();
    let seconds = start.elapsed().as_secs_f64();
    let evaluation = evaluate_model(&model, &test.articles).unwrap().evaluation;
    let intervals = evaluation.intervals.as_ref().unwrap().figures;
    let within = |of: topicwire::metrics::Interval| format!("{:.3} to {:.3}", of.low, of.high);
    println!(
        "{name}: micro-F1 {:.4} ({}), macro-F1 {:.4} ({}), exactly right {:.4}, calibration error {:.4}, log loss {:.4} \
         (base rates {:.4}), coverage at 95 % precision {:.3}; trained in {seconds:.2} s, model {:.2} MB",
        evaluation.micro.f1,
        within(intervals.micro_f1),
        evaluation.macro_average.f1,
        within(intervals.macro_f1),
        evaluation.exact_match,
        evaluation.calibration_error.unwrap(),
        evaluation.log_loss.unwrap(),
        evaluation.log_loss_base.unwrap(),
        evaluation.coverage.as_ref().unwrap().coverage,
        model.as_bytes().len() as f64 / 1e6
    );
    (model, evaluation)
}

#[test]
fn reuters_90_reaches_its_figures_with_the_same_bytes_on_any_number_of_threads() {
    let Some(path) = collection("reuters21578.tar.gz") else { return };
    let options = ReadOptions { format: Some(Format::Reuters21578), ..ReadOptions::default() };
    let data = reuters(&path, &options);
    let (model, evaluation) = figures("Reuters-90", &data);
    assert!(evaluation.micro.f1 >= 0.900, "micro-F1 {}", evaluation.micro.f1);
    assert!(evaluation.macro_average.f1 >= 0.61, "macro-F1 {}", evaluation.macro_average.f1);

    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let again = alone.install(|| TopicModel::train(&data[0])).unwrap();
    assert!(model.as_bytes() == again.as_bytes(), "one thread makes another model than many");
}

#[test]
fn r52_and_r8_reach_their_figures() {
    let Some(path) = collection("reuters21578.tar.gz") else { return };
    let options = ReadOptions {
        format: Some(Format::Reuters21578),
        min_topics: 1,
        max_topics: Some(1),
        ..ReadOptions::default()
    };
    let mut data = reuters(&path, &options);
    let (_, evaluation) = figures("R52", &data);
    assert!(evaluation.exact_match >= 0.963, "accuracy {}", evaluation.exact_match);

    let eight = topic_list("acq,crude,earn,grain,interest,money-fx,ship,trade").unwrap();
    for half in &mut data {
        Filter { keep_topics: Some(eight.clone()), ..Filter::default() }.apply(half);
    }
    let (_, evaluation) = figures("R8", &data);
    assert!(evaluation.exact_match >= 0.982, "accuracy {}", evaluation.exact_match);
}

#[test]
fn twenty_newsgroups_reaches_its_figures() {
    let Some(path) = collection("20news-bydate.tar.gz") else { return };
    let options =
        ReadOptions { format: Some(Format::Folder), encoding: Encoding::Latin1, ..ReadOptions::default() };
    let (_, evaluation) = figures("20 Newsgroups", &halves(&path, &options));
    assert!(evaluation.exact_match >= 0.890, "accuracy {}", evaluation.exact_match);
}
