//! Labelled articles in and out: one file per format, and splitting.

use crate::Article;

/// Labelled articles.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    /// The articles, in the order in which they were read.
    pub articles: Vec<Article>,
}

impl From<Vec<Article>> for Corpus {
    fn from(articles: Vec<Article>) -> Self {
        Corpus { articles }
    }
}
