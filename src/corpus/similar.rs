//! Articles that are much alike.

use rayon::prelude::*;
use serde::Serialize;

use crate::Article;
use crate::corpus::Corpus;
use crate::corpus::minhash::Bands;
use crate::corpus::shingles::{jaccard, shingles};

/// Of the articles that meet in a band, each is compared with so many before it: a thousand reports from one template
/// are told as alike without comparing all of their pairs.
const COMPARED: usize = 1_000;

/// Two articles that are alike, by their places in a list.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Alike {
    /// The place of the first.
    pub first: usize,
    /// The place of the second, which comes after it.
    pub second: usize,
    /// The Jaccard similarity of the sets of five words in a row (of all words, where there are fewer), title and text
    /// together: 1 where the sets are equal, 0 where they share nothing.
    pub similarity: f64,
}

/// The pairs of `articles` whose similarity is `at_least` or above, the most similar first.
///
/// MinHash finds the candidates, so that not all pairs are compared; each candidate's similarity is then counted exactly.
/// Of pairs exactly as similar as asked for, two in a thousand are missed, of more similar ones fewer. Takes about
/// 8 bytes for each word. Where more than a thousand articles are alike, each is compared with the thousand before it.
///
/// ```
/// use topicwire::Article;
/// use topicwire::corpus::similar_pairs;
///
/// let articles = [
///     Article::new("1", "", "The bank raised its rate by half a point on Monday."),
///     Article::new("2", "", "The bank raised its rate by half a point on Tuesday."),
///     Article::new("3", "", "Rain fell on the hills all night."),
/// ];
/// let pairs = similar_pairs(&articles.each_ref(), 0.7);
/// assert_eq!((pairs.len(), pairs[0].first, pairs[0].second), (1, 0, 1));
/// // Six of the eight shingles that either has are in both.
/// assert_eq!(pairs[0].similarity, 0.75);
/// ```
pub fn similar_pairs(articles: &[&Article], at_least: f64) -> Vec<Alike> {
    let sets: Vec<Vec<u64>> = articles.par_iter().map(|article| shingles(article)).collect();
    let bands = Bands::new(at_least);
    let keys: Vec<Vec<u64>> = sets
        .par_iter()
        .map_init(Vec::new, |smallest, set| {
            let mut keys = Vec::with_capacity(bands.len());
            bands.keys(set, smallest, &mut keys);
            keys
        })
        .collect();
    let mut found = Vec::new();
    for band in 0..bands.len() {
        let mut entries: Vec<(u64, u32)> = (0..articles.len() as u32)
            .filter(|&at| !sets[at as usize].is_empty())
            .map(|at| (keys[at as usize][band], at))
            .collect();
        entries.par_sort_unstable();
        let mut starts = Vec::with_capacity(entries.len());
        for at in 0..entries.len() {
            let same = at > 0 && entries[at - 1].0 == entries[at].0;
            starts.push(if same { starts[at - 1] } else { at });
        }
        let met: Vec<Alike> = (0..entries.len())
            .into_par_iter()
            .with_min_len(256)
            .flat_map_iter(|at| {
                let second = entries[at].1 as usize;
                let before = &entries[starts[at].max(at.saturating_sub(COMPARED))..at];
                let (sets, keys) = (&sets, &keys);
                before.iter().filter_map(move |&(_, first)| {
                    let first = first as usize;
                    // What met in an earlier band was compared there.
                    if (0..band).any(|band| keys[first][band] == keys[second][band]) {
                        return None;
                    }
                    let similarity = similarity_above(&sets[first], &sets[second], at_least)?;
                    Some(Alike { first, second, similarity })
                })
            })
            .collect();
        found.extend(met);
    }
    found.par_sort_by(|a, b| {
        b.similarity.total_cmp(&a.similarity).then_with(|| (a.first, a.second).cmp(&(b.first, b.second)))
    });
    found
}

/// The similarity of two sets, if it is `at_least` so much. Sets of very different size are not compared.
fn similarity_above(a: &[u64], b: &[u64], at_least: f64) -> Option<f64> {
    let (smaller, larger) = (a.len().min(b.len()), a.len().max(b.len()));
    if (smaller as f64) < at_least * larger as f64 {
        return None;
    }
    Some(jaccard(a, b)).filter(|&similarity| similarity >= at_least && similarity > 0.0)
}

/// For each of `count` articles the number of its group: the place of the group's first article. A chain of pairs makes a
/// group.
pub(crate) fn groups(count: usize, pairs: impl IntoIterator<Item = (usize, usize)>) -> Vec<u32> {
    let mut parents: Vec<u32> = (0..count as u32).collect();
    for (first, second) in pairs {
        let (one, other) = (root(&mut parents, first as u32), root(&mut parents, second as u32));
        parents[one.max(other) as usize] = one.min(other);
    }
    // A parent always stands before its children, so one pass in order settles all.
    for article in 0..count {
        parents[article] = parents[parents[article] as usize];
    }
    parents
}

/// The first of the group of an article; halves the way to it for those who ask next.
fn root(parents: &mut [u32], mut article: u32) -> u32 {
    while parents[article as usize] != article {
        let above = parents[article as usize];
        parents[article as usize] = parents[above as usize];
        article = above;
    }
    article
}

impl Corpus {
    /// For each article the number of its group of near duplicates: the place of the group's first article. Articles belong
    /// to one group where a chain of pairs with a similarity of `at_least` or above joins them.
    pub fn near_duplicate_groups(&self, at_least: f64) -> Vec<u32> {
        let exact = self.duplicate_groups();
        let (places, articles): (Vec<usize>, Vec<&Article>) =
            self.articles.iter().enumerate().filter(|(at, _)| exact[*at] as usize == *at).unzip();
        let alike = similar_pairs(&articles, at_least);
        let copies = exact.iter().enumerate().map(|(at, &first)| (first as usize, at));
        groups(exact.len(), copies.chain(alike.iter().map(|pair| (places[pair.first], places[pair.second]))))
    }
}
