//! Parts of a corpus in which every topic has its share: halves for training and testing, and folds.

use std::collections::BTreeMap;

use crate::Split;
use crate::corpus::Corpus;
use crate::corpus::stratify::{Units, assign};

/// Puts articles into `k` folds (0 means 1) of about equal size, in which every topic is about equally
/// frequent, and returns the fold of each. `topics_per_article` has the topics' numbers, which are best
/// small, for arrays run up to the largest.
///
/// Works for articles with one topic, several or none. The same input and seed give the same folds.
///
/// ```
/// use topicwire::corpus::folds;
///
/// let topics = vec![vec![0], vec![0], vec![0, 1], vec![1], vec![], vec![]];
/// let folds = folds(&topics, 2, 7);
/// assert_eq!(folds.iter().filter(|&&fold| fold == 0).count(), 3);
/// ```
pub fn folds(topics_per_article: &[Vec<u32>], k: u8, seed: u64) -> Vec<u8> {
    assign(&each_alone(topics_per_article), &equal_shares(k), seed)
}

/// The same, where articles with the same number in `groups` (near duplicates, say) stay in one fold. An
/// article beyond the end of `groups` is a group of its own.
pub fn grouped_folds(topics_per_article: &[Vec<u32>], groups: &[u32], k: u8, seed: u64) -> Vec<u8> {
    let (units, unit_of) = grouped(topics_per_article, groups);
    let fold_of_unit = assign(&units, &equal_shares(k), seed);
    unit_of.into_iter().map(|unit| fold_of_unit[unit]).collect()
}

/// Puts about `test_share` (0 to 1, or it is taken for the nearer of the two) of the articles, and of the
/// articles of each topic, into the test half. With `groups`, articles with the same number stay together.
///
/// ```
/// use topicwire::{Split, corpus::train_test};
///
/// let topics: Vec<Vec<u32>> = (0..100).map(|article| vec![article % 5]).collect();
/// let halves = train_test(&topics, 0.2, 1, None);
/// assert_eq!(halves.iter().filter(|&&half| half == Split::Test).count(), 20);
/// ```
pub fn train_test(
    topics_per_article: &[Vec<u32>],
    test_share: f64,
    seed: u64,
    groups: Option<&[u32]>,
) -> Vec<Split> {
    let test_share = if test_share.is_nan() { 0.0 } else { test_share.clamp(0.0, 1.0) };
    let shares = [1.0 - test_share, test_share];
    let half = |part: u8| if part == 0 { Split::Train } else { Split::Test };
    match groups {
        None => assign(&each_alone(topics_per_article), &shares, seed).into_iter().map(half).collect(),
        Some(groups) => {
            let (units, unit_of) = grouped(topics_per_article, groups);
            let parts = assign(&units, &shares, seed);
            unit_of.into_iter().map(|unit| half(parts[unit])).collect()
        }
    }
}

fn equal_shares(k: u8) -> Vec<f64> {
    let k = usize::from(k.max(1));
    vec![1.0 / k as f64; k]
}

fn each_alone(topics_per_article: &[Vec<u32>]) -> Units {
    let mut units = Units::new();
    for topics in topics_per_article {
        units.push([topics.as_slice()]);
    }
    units
}

/// A unit to each group, and the unit of each article.
fn grouped(topics_per_article: &[Vec<u32>], groups: &[u32]) -> (Units, Vec<usize>) {
    let mut members: BTreeMap<(bool, u32), Vec<usize>> = BTreeMap::new();
    for article in 0..topics_per_article.len() {
        let group = groups.get(article).map_or((true, article as u32), |&group| (false, group));
        members.entry(group).or_default().push(article);
    }
    let mut units = Units::new();
    let mut unit_of = vec![0; topics_per_article.len()];
    for (unit, articles) in members.values().enumerate() {
        units.push(articles.iter().map(|&article| topics_per_article[article].as_slice()));
        for &article in articles {
            unit_of[article] = unit;
        }
    }
    (units, unit_of)
}

impl Corpus {
    /// The topics of each article as places in [`Corpus::topics`]; empty for one without topics.
    pub fn topic_numbers(&self) -> Vec<Vec<u32>> {
        let topics = self.topics();
        let number = |topic: &crate::Topic| topics.binary_search_by(|(known, _)| known.cmp(topic));
        let numbers = |article: &crate::Article| {
            article.labels().iter().filter_map(|topic| number(topic).ok()).map(|at| at as u32).collect()
        };
        self.articles.iter().map(numbers).collect()
    }

    /// Splits off about `test_share` of the articles, and of the articles of each topic: the training half
    /// first, then the test half, both in the corpus's order. Articles that are equal but for their id
    /// stay together. Each article's `split` says where it went.
    pub fn split(self, test_share: f64, seed: u64) -> (Corpus, Corpus) {
        let groups = self.duplicate_groups();
        let halves = train_test(&self.topic_numbers(), test_share, seed, Some(&groups));
        let (mut train, mut test) = (Corpus::default(), Corpus::default());
        for (mut article, half) in self.articles.into_iter().zip(halves) {
            article.split = Some(half);
            match half {
                Split::Train => train.articles.push(article),
                Split::Test => test.articles.push(article),
            }
        }
        (train, test)
    }
}
