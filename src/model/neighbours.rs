//! The labelled articles that an article resembles, as the model sees it.

use rayon::prelude::*;
use serde::Serialize;

use super::{Scorer, TopicModel};
use crate::Article;

/// Articles by their features, to find those nearest to another one.
#[derive(Debug, Clone)]
pub struct Neighbours {
    /// Where the entries of each column start; one more at the end.
    starts: Vec<usize>,
    /// (place of the article, value), column after column.
    entries: Vec<(u32, f32)>,
    articles: usize,
}

/// An article that resembles another.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Neighbour {
    /// The place of the article among those that [`Neighbours`] was made of.
    pub place: usize,
    /// The cosine of the angle between the features of both: 1 where they are the same, 0 where they share none.
    pub similarity: f32,
}

impl Neighbours {
    /// Looks up the features of `articles` in `model`. Takes 8 bytes for each of them.
    pub fn new(model: &TopicModel, articles: &[Article]) -> Neighbours {
        let rows: Vec<Vec<(u32, f32)>> = articles
            .par_iter()
            .with_min_len(16)
            .map_init(|| model.scorer(), |scorer, article| scorer.columns_and_values(article))
            .collect();
        let width = model.storage.arrays().columns.len();
        let mut starts = vec![0; width + 1];
        rows.iter().flatten().for_each(|&(column, _)| starts[column as usize + 1] += 1);
        for column in 0..width {
            starts[column + 1] += starts[column];
        }
        let mut next = starts.clone();
        let mut entries = vec![(0, 0.0); starts[width]];
        for (row, features) in rows.into_iter().enumerate() {
            for (column, value) in features {
                let place = &mut next[column as usize];
                entries[*place] = (row as u32, value);
                *place += 1;
            }
        }
        Neighbours { starts, entries, articles: articles.len() }
    }

    /// The `count` articles nearest to `article`, nearest first; fewer where fewer share a feature with it. `scorer` must be
    /// of the model that the articles were looked up in.
    pub fn nearest(&self, scorer: &mut Scorer<'_>, article: &Article, count: usize) -> Vec<Neighbour> {
        let mut sums = vec![0.0_f32; self.articles];
        for feature in scorer.features(article) {
            let column = feature.column as usize;
            let Some(range) = self.starts.get(column).zip(self.starts.get(column + 1)) else { continue };
            for &(row, value) in &self.entries[*range.0..*range.1] {
                sums[row as usize] += feature.value * value;
            }
        }
        let near = sums.into_iter().enumerate().filter(|&(_, similarity)| similarity > 0.0);
        let mut near: Vec<Neighbour> =
            near.map(|(place, similarity)| Neighbour { place, similarity: similarity.min(1.0) }).collect();
        near.sort_by(|a, b| b.similarity.total_cmp(&a.similarity).then(a.place.cmp(&b.place)));
        near.truncate(count);
        near
    }
}
