//! Ids that do not tell articles apart.

use std::collections::BTreeMap;

use serde::Serialize;

use super::ArticleRef;
use crate::corpus::{Corpus, duplicate_groups};

/// An id that articles with different texts share: whoever joins on it mixes them up.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RepeatedId {
    /// The id.
    pub id: String,
    /// The articles of the corpus that have it.
    pub articles: Vec<ArticleRef>,
    /// The articles of the test corpus that have it.
    pub test: Vec<ArticleRef>,
}

/// The ids that articles with different texts share, in `corpus` or across it and `against`, sorted. Copies under one id
/// are no such case, and ids that only the test corpus repeats are its own affair.
pub fn repeated_ids(corpus: &Corpus, against: Option<&Corpus>) -> Vec<RepeatedId> {
    let test = against.map(|test| test.articles.as_slice()).unwrap_or_default();
    let all: Vec<_> = corpus.articles.iter().chain(test).collect();
    let texts = duplicate_groups(&all);
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, article) in all.iter().enumerate() {
        places.entry(&article.id).or_default().push(place);
    }
    let here = corpus.articles.len();
    let shared = places.into_iter().filter(|(_, places)| {
        places[0] < here && places.iter().any(|&place| texts[place] != texts[places[0]])
    });
    shared
        .map(|(id, places)| {
            let (inside, outside): (Vec<usize>, Vec<usize>) =
                places.into_iter().partition(|&place| place < here);
            let test =
                against.map(|test| outside.iter().map(|&at| ArticleRef::new(test, at - here)).collect());
            RepeatedId {
                id: id.to_owned(),
                articles: inside.into_iter().map(|at| ArticleRef::new(corpus, at)).collect(),
                test: test.unwrap_or_default(),
            }
        })
        .collect()
}
