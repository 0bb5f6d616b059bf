//! What a column is worth: from how many articles it occurs in, and in which topics.

use serde::{Deserialize, Serialize};

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
    pub(super) fn weigh(
        self,
        n: f32,
        df: f32,
        in_topics: &[(u32, u32)],
        sizes: &[u32],
        rates: &mut Vec<f32>,
    ) -> f32 {
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
