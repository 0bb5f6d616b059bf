//! The published splits of the two public collections come out with the published counts.

#![allow(clippy::unwrap_used)]

mod public_data;

use std::path::Path;

use public_data::collection;
use topicwire::corpus::{Corpus, Encoding, Filter, Format, Headers, ReadOptions};
use topicwire::{Article, Split, Task};

fn read(path: &Path, options: ReadOptions) -> Corpus {
    Corpus::read_all(&[path.to_owned()], &options).unwrap().corpus
}

fn half(path: &Path, split: Split) -> ReadOptions {
    let format = if path.ends_with("20news-bydate.tar.gz") { Format::Folder } else { Format::Reuters21578 };
    ReadOptions { split: Some(split), format: Some(format), ..ReadOptions::default() }
}

fn halves(path: &Path, with: impl Fn(ReadOptions) -> ReadOptions) -> (Corpus, Corpus) {
    (read(path, with(half(path, Split::Train))), read(path, with(half(path, Split::Test))))
}

fn share(train: &mut Corpus, test: &mut Corpus) {
    let (in_train, in_test) = (train.topic_set(), test.topic_set());
    Filter { shared_topics: Some(in_test), ..Filter::default() }.apply(train);
    Filter { shared_topics: Some(in_train), ..Filter::default() }.apply(test);
}

fn counts(train: &Corpus, test: &Corpus) -> (usize, usize) {
    (train.articles.len(), test.articles.len())
}

#[test]
fn modapte_and_reuters_90() {
    let Some(path) = collection("reuters21578.tar.gz") else { return };
    let (mut train, mut test) = halves(&path, |options| options);
    assert_eq!(counts(&train, &test), (9_603, 3_299));
    assert_eq!(train.task(), Task::Multi);

    share(&mut train, &mut test);
    assert_eq!(counts(&train, &test), (7_770, 3_019));
    assert_eq!(train.topics().len(), 90);
    assert_eq!(test.topics().len(), 90);
}

#[test]
fn r52_and_r8() {
    let Some(path) = collection("reuters21578.tar.gz") else { return };
    let (mut train, mut test) =
        halves(&path, |options| ReadOptions { min_topics: 1, max_topics: Some(1), ..options });
    share(&mut train, &mut test);
    assert_eq!(counts(&train, &test), (6_532, 2_568));
    assert_eq!(train.topics().len(), 52);
    assert_eq!(train.task(), Task::Single);

    let eight = topicwire::corpus::topic_list("acq,crude,earn,grain,interest,money-fx,ship,trade").unwrap();
    let filter = Filter { keep_topics: Some(eight), ..Filter::default() };
    filter.apply(&mut train);
    filter.apply(&mut test);
    assert_eq!(counts(&train, &test), (5_485, 2_189));
}

#[test]
fn what_a_reuters_article_looks_like() {
    let Some(path) = collection("reuters21578.tar.gz") else { return };
    let (train, _) = halves(&path, |options| options);
    let by_id = |id: &str| -> &Article { train.articles.iter().find(|article| article.id == id).unwrap() };

    let cocoa = by_id("1");
    assert_eq!(cocoa.title, "BAHIA COCOA REVIEW");
    assert!(cocoa.text.starts_with("Showers continued throughout the week in\nthe Bahia cocoa zone"));
    assert!(cocoa.text.ends_with("Reuter"));
    assert_eq!(cocoa.labels()[0].as_str(), "cocoa");

    let corn_twice = by_id("5467");
    let topics: Vec<_> = corn_twice.labels().iter().map(|topic| topic.as_str()).collect();
    assert_eq!(topics, ["grain", "wheat", "corn", "cotton", "sorghum", "barley"]);

    let controls = |c: char| c.is_control() && c != '\n' && c != '\t';
    assert!(train.articles.iter().all(|article| !article.text.contains(controls)));
    assert!(train.articles.iter().all(|article| !article.text.contains("&lt;")));
    // 787 notes have a title alone, 54 unprocessed stories a text alone.
    assert_eq!(train.articles.iter().filter(|article| article.text.is_empty()).count(), 787);
    assert_eq!(train.articles.iter().filter(|article| article.title.is_empty()).count(), 54);
}

#[test]
fn twenty_newsgroups() {
    let Some(path) = collection("20news-bydate.tar.gz") else { return };
    let (train, test) = halves(&path, |options| ReadOptions { encoding: Encoding::Latin1, ..options });
    assert_eq!(counts(&train, &test), (11_314, 7_532));
    assert_eq!(train.topics().len(), 20);
    assert_eq!(train.task(), Task::Single);
    let first = &train.articles[0];
    assert_eq!(first.id, "20news-bydate-train/alt.atheism/49960");
    assert_eq!(first.title, "Alt.Atheism FAQ: Atheist Resources");
    assert!(first.text.starts_with("From: mathew"));
    assert!(train.articles.iter().chain(&test.articles).all(|article| !article.title.is_empty()));

    let bare = read(&path, ReadOptions { headers: Headers::Drop, ..half(&path, Split::Train) });
    assert_eq!(bare.articles.len(), 11_314);
    assert!(bare.articles[0].text.starts_with("Archive-name: atheism/resources"));
    assert_eq!(bare.articles[0].title, first.title);
}
