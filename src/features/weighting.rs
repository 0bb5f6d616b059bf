//! What a column is worth: from how many articles it occurs in, and in which topics.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Counts;

/// The scheme that gives each column its weight.
///
/// With `n` articles, `df` of them with the column, `a` of these in a topic of size `s`:
///
/// - inverse document frequency, smooth: `idf = ln((1 + n) / (1 + df)) + 1`;
/// - relevance frequency (Lan et al. 2009): `log2(2 + max over topics of a / max(1, df - a))`;
/// - `idf · (1 + ¼ · max over topics of positive pointwise mutual information)`, which is `ln(a n / (df s))`;
/// - `idf · (1 + 2 · inverse gravity moment)` (Chen et al. 2016) of the rates `a / s`: the largest over the sum
///   of `rank · rate`, rates in falling order.
///
/// All but the first favour columns that tell topics apart over columns that are merely rare. One weight serves
/// all topics, so that a model stays one linear stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weighting {
    /// Inverse document frequency.
    Idf,
    /// Relevance frequency.
    Relevance,
    /// Inverse document frequency, raised by pointwise mutual information with the closest topic.
    Pmi,
    /// Inverse document frequency, raised by the inverse gravity moment over topics.
    Igm,
}

impl Weighting {
    /// All schemes.
    pub const ALL: [Weighting; 4] = [Weighting::Idf, Weighting::Relevance, Weighting::Pmi, Weighting::Igm];

    /// The weight of a column that occurs in `df` of `n` articles, with `in_topics` the number of these in each
    /// topic where it occurs at all, and `sizes` the number of articles of each topic.
    fn weigh(self, n: f32, df: f32, in_topics: &[(u32, u32)], sizes: &[u32], rates: &mut Vec<f32>) -> f32 {
        let idf = ((1.0 + n) / (1.0 + df)).ln() + 1.0;
        let largest = |of: &dyn Fn(f32, f32) -> f32| {
            in_topics
                .iter()
                .map(|&(topic, a)| of(a as f32, sizes[topic as usize] as f32))
                .fold(0.0_f32, f32::max)
        };
        match self {
            Weighting::Idf => idf,
            Weighting::Relevance => (2.0 + largest(&|a, _| a / (df - a).max(1.0))).log2(),
            Weighting::Pmi => {
                // The logarithm of the largest ratio is the largest logarithm; without topics there is no information.
                let ratio = largest(&|a, size| a * n / (df * size));
                idf * (1.0 + 0.25 * ratio.max(1.0).ln())
            }
            Weighting::Igm => {
                rates.clear();
                rates.extend(in_topics.iter().map(|&(topic, a)| a as f32 / sizes[topic as usize] as f32));
                rates.sort_unstable_by(|a, b| b.total_cmp(a));
                let moment: f32 = rates.iter().zip(1..).map(|(rate, rank)| rate * rank as f32).sum();
                idf * (1.0 + 2.0 * rates.first().map_or(0.0, |largest| largest / moment))
            }
        }
    }
}

/// Where each column occurs, by article: what weights are counted from, for all articles or for those of a fold.
#[derive(Debug)]
pub struct ColumnTopics {
    starts: Vec<usize>,
    rows: Vec<u32>,
}

impl ColumnTopics {
    /// The articles of each column of `counts`.
    pub fn new(counts: &Counts) -> Self {
        let mut starts = vec![0_usize; counts.width() + 1];
        for row in 0..counts.len() {
            for &column in counts.columns(row) {
                starts[column as usize + 1] += 1;
            }
        }
        for column in 0..counts.width() {
            starts[column + 1] += starts[column];
        }
        let mut rows = vec![0; counts.stored()];
        let middle = starts.partition_point(|&start| start < rows.len() / 2).min(counts.width());
        let (low, high) = rows.split_at_mut(starts[middle]);
        rayon::join(
            || list_rows(counts, &starts[..=middle], 0, low),
            || list_rows(counts, &starts[middle..], middle as u32, high),
        );
        ColumnTopics { starts, rows }
    }

    /// The weight of every column, from the articles for which `taken` holds, whose topics are
    /// `targets[row]`. A column in fewer than `min_articles` of them is worth nothing.
    pub fn weights(
        &self,
        weighting: Weighting,
        targets: &[Vec<u32>],
        topics: usize,
        taken: impl Fn(usize) -> bool,
        min_articles: u32,
    ) -> Vec<f32> {
        let taken = Taken::new(targets, taken);
        let mut sizes = vec![0_u32; topics];
        let all = (0..targets.len()).filter_map(|row| taken.topics_of(row)).flatten();
        all.for_each(|&topic| sizes[topic as usize] += 1);
        let n = taken.articles;
        let needs_topics = weighting != Weighting::Idf;
        (0..self.starts.len() - 1)
            .into_par_iter()
            .with_min_len(1024)
            .map_init(
                || (vec![0_u32; topics], Vec::new(), Vec::new()),
                |(in_topic, touched, rates): &mut (Vec<u32>, Vec<(u32, u32)>, Vec<f32>), column| {
                    let rows = &self.rows[self.starts[column]..self.starts[column + 1]];
                    let mut df = 0;
                    touched.clear();
                    for topics in rows.iter().filter_map(|&row| taken.topics_of(row as usize)) {
                        df += 1;
                        for &topic in topics.iter().filter(|_| needs_topics) {
                            if in_topic[topic as usize] == 0 {
                                touched.push((topic, 0));
                            }
                            in_topic[topic as usize] += 1;
                        }
                    }
                    for (topic, count) in touched.iter_mut() {
                        *count = std::mem::take(&mut in_topic[*topic as usize]);
                    }
                    if df < min_articles.max(1) {
                        return 0.0;
                    }
                    weighting.weigh(n as f32, df as f32, touched, &sizes, rates)
                },
            )
            .collect()
    }
}

/// Notes in `rows` the articles of each column from `first` on, whose lists start where `starts` says, less what stands before
/// the first.
fn list_rows(counts: &Counts, starts: &[usize], first: u32, rows: &mut [u32]) {
    let mut next: Vec<usize> = starts.iter().map(|start| start - starts[0]).collect();
    let end = first + starts.len() as u32 - 1;
    for row in 0..counts.len() {
        let columns = counts.columns(row);
        let own = columns.partition_point(|&column| column < first)..columns.partition_point(|&c| c < end);
        for &column in &columns[own] {
            let next = &mut next[(column - first) as usize];
            rows[*next] = row as u32;
            *next += 1;
        }
    }
}

/// The topics of the articles that are taken, in one place: a list for each article would have to be waited for.
struct Taken {
    articles: usize,
    /// For each article: its topic where it has exactly one, [`NOT_TAKEN`], or [`LISTED`] and where its list stands.
    marks: Vec<u32>,
    lists: Vec<Vec<u32>>,
}

const NOT_TAKEN: u32 = u32::MAX;
const LISTED: u32 = 1 << 31;

impl Taken {
    fn new(targets: &[Vec<u32>], taken: impl Fn(usize) -> bool) -> Taken {
        let mut all = Taken { articles: 0, marks: vec![NOT_TAKEN; targets.len()], lists: Vec::new() };
        for (row, topics) in targets.iter().enumerate().filter(|(row, _)| taken(*row)) {
            all.articles += 1;
            all.marks[row] = match topics[..] {
                [only] => only,
                _ => {
                    all.lists.push(topics.clone());
                    LISTED | (all.lists.len() as u32 - 1)
                }
            };
        }
        all
    }

    /// The topics of article `row`, if it is taken.
    #[inline]
    fn topics_of(&self, row: usize) -> Option<&[u32]> {
        let mark = &self.marks[row];
        match *mark {
            NOT_TAKEN => None,
            listed if listed & LISTED != 0 => {
                self.lists.get((listed & !LISTED) as usize).map(|list| &list[..])
            }
            _ => Some(std::slice::from_ref(mark)),
        }
    }
}
