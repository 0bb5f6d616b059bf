//! What an audit must find in the public collections.
//!
//! `TOPICWIRE_HEAVY=1 cargo test --release --test audit_collections -- --nocapture` prints it. Without that variable, or where
//! the collections are missing, the tests are skipped and say so.

mod public_data;

use std::collections::BTreeSet;
use std::path::PathBuf;

use public_data::collection_for_heavy_tests as collection;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use topicwire::audit::{Copies, label_findings};
use topicwire::corpus::{Corpus, Encoding, Filter, Format, ReadOptions};
use topicwire::train::{Effort, TrainSettings};
use topicwire::{Split, Topic};

fn half(path: &PathBuf, split: Split, options: ReadOptions) -> Corpus {
    let options = ReadOptions { split: Some(split), ..options };
    Corpus::read_all(std::slice::from_ref(path), &options).unwrap().corpus
}

#[test]
fn replaced_topics_of_r52_are_among_the_first_doubts() {
    let Some(path) = collection("reuters21578.tar.gz") else { return };
    let one_topic = || ReadOptions {
        format: Some(Format::Reuters21578),
        min_topics: 1,
        max_topics: Some(1),
        ..ReadOptions::default()
    };
    let mut corpus = half(&path, Split::Train, one_topic());
    let in_test = half(&path, Split::Test, one_topic()).topic_set();
    Filter { shared_topics: Some(in_test), ..Filter::default() }.apply(&mut corpus);
    let topics: Vec<Topic> = corpus.topics().into_iter().map(|(topic, _)| topic).collect();
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut places: Vec<usize> = (0..corpus.articles.len()).collect();
    places.shuffle(&mut rng);
    places.truncate(corpus.articles.len() / 20);
    for &place in &places {
        let own = corpus.articles[place].labels()[0].clone();
        let others: Vec<&Topic> = topics.iter().filter(|topic| **topic != own).collect();
        corpus.articles[place].topics = Some(vec![others[rng.random_range(0..others.len())].clone()]);
    }
    let settings = TrainSettings { effort: Effort::Fast, ..TrainSettings::default() };
    let findings = label_findings(&corpus, &settings).unwrap();
    let first: BTreeSet<usize> =
        findings.doubts.iter().take(places.len()).map(|doubt| doubt.article.place).collect();
    let found = places.iter().filter(|place| first.contains(place)).count();
    println!("R52: {found} of {} replaced topics among as many doubts", places.len());
    assert!(found * 100 >= places.len() * 93, "{found}");
}

#[test]
fn posts_of_20_newsgroups_stand_in_both_halves() {
    let Some(path) = collection("20news-bydate.tar.gz") else { return };
    let options =
        || ReadOptions { format: Some(Format::Folder), encoding: Encoding::Latin1, ..ReadOptions::default() };
    let (train, test) = (half(&path, Split::Train, options()), half(&path, Split::Test, options()));
    let leaks = Copies::find(&train, Some(&test), 0.8).leaks.unwrap();
    println!("20 Newsgroups: {} posts of the training half stand in the test half, or nearly", leaks.len());
    assert_eq!(leaks.len(), 23);
}
