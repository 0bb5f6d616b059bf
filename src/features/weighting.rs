//! What a column is worth: from how many articles it occurs in, and in which topics.

use serde::{Deserialize, Serialize};

use super::information::Information;

/// The scheme that gives each column its weight.
///
/// With `n` articles, `df` of them with the column, `a` of these in a topic of size `s`:
///
/// - inverse document frequency, smooth: `idf = ln((1 + n) / (1 + df)) + 1`;
/// - relevance frequency (Lan et al. 2009): `log2(2 + max over topics of a / max(1, df - a))`;
/// - `idf · (1 + ¼ · max over topics of positive pointwise mutual information)`, which is `ln(a n / (df s))`;
/// - `idf · (1 + information / d)`, the sum over topics of how far their share among articles with the column diverges from
///   that among all (`information.rs`), a smoothed relative of information gain (Debole and Sebastiani 2003); `d` is 3, or
///   `n / 400` where articles have exactly one topic and are fewer than 1,200, but ¼ at least;
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
    /// Inverse document frequency, raised by the information that the column holds of all topics.
    Information,
}

impl Weighting {
    /// All schemes.
    pub const ALL: [Weighting; 5] =
        [Weighting::Idf, Weighting::Relevance, Weighting::Pmi, Weighting::Igm, Weighting::Information];
}

/// The articles that weights are counted from.
#[derive(Debug, Clone)]
pub(super) struct Counted {
    /// How many there are.
    pub articles: usize,
    /// How many of them have each topic.
    pub sizes: Vec<u32>,
    /// Whether each article of the corpus has exactly one, counted or not.
    pub one_topic: bool,
}

impl Counted {
    /// What information is divided by. What few articles say of a column is largely smoothed away, and where each has exactly one
    /// topic, it pays to let the rest weigh more.
    fn divisor(&self) -> f32 {
        if self.one_topic { (self.articles as f32 / FEW).clamp(LEAST, USUAL) } else { USUAL }
    }
}

/// Where articles are many: less and more do worse out of fold on R8, R52 and the starter corpus.
const USUAL: f32 = 3.0;

/// By so many articles information is divided by 1.
const FEW: f32 = 400.0;

/// And however few there are, it is divided by no less than this.
const LEAST: f32 = 0.25;

/// A scheme, and what it needs to know of the articles that are counted.
pub(super) struct Weigher<'a> {
    scheme: Scheme,
    n: f32,
    /// The number of articles of each topic.
    sizes: &'a [u32],
}

/// A [`Weighting`], made ready.
enum Scheme {
    Idf,
    Relevance,
    Pmi,
    Igm,
    /// With what it is divided by.
    Information(Box<Information>, f32),
}

impl<'a> Weigher<'a> {
    /// For weights that are counted from `counted`.
    pub fn new(weighting: Weighting, counted: &'a Counted) -> Weigher<'a> {
        let Counted { articles: n, ref sizes, .. } = *counted;
        let scheme = match weighting {
            Weighting::Idf => Scheme::Idf,
            Weighting::Relevance => Scheme::Relevance,
            Weighting::Pmi => Scheme::Pmi,
            Weighting::Igm => Scheme::Igm,
            Weighting::Information => {
                Scheme::Information(Box::new(Information::new(n, sizes)), counted.divisor())
            }
        };
        Weigher { scheme, n: n as f32, sizes }
    }

    /// The weight of a column that occurs in `df` of the articles, with `in_topics` the number of these in each topic where it
    /// occurs at all. That of a column of no article is 0.
    pub fn weigh(&self, df: u32, in_topics: &[(u32, u32)]) -> f32 {
        if df == 0 {
            return 0.0;
        }
        let articles = df as f32;
        let idf = ((1.0 + self.n) / (1.0 + articles)).ln() + 1.0;
        match &self.scheme {
            Scheme::Idf => idf,
            Scheme::Relevance => (2.0 + self.largest(in_topics, |a, _| a / (articles - a).max(1.0))).log2(),
            Scheme::Pmi => {
                // The logarithm of the largest ratio is the largest logarithm; without topics there is no information.
                let ratio = self.largest(in_topics, |a, size| a * self.n / (articles * size));
                idf * (1.0 + 0.25 * ratio.max(1.0).ln())
            }
            Scheme::Igm => idf * (1.0 + 2.0 * self.inverse_gravity_moment(in_topics)),
            Scheme::Information(information, divisor) => {
                idf * (1.0 + information.of(df, in_topics) / divisor)
            }
        }
    }

    fn largest(&self, in_topics: &[(u32, u32)], of: impl Fn(f32, f32) -> f32) -> f32 {
        let of_topic = |&(topic, a): &(u32, u32)| of(a as f32, self.sizes[topic as usize] as f32);
        in_topics.iter().map(of_topic).fold(0.0, f32::max)
    }

    fn inverse_gravity_moment(&self, in_topics: &[(u32, u32)]) -> f32 {
        let rate = |&(topic, a): &(u32, u32)| a as f32 / self.sizes[topic as usize] as f32;
        let mut rates: Vec<f32> = in_topics.iter().map(rate).collect();
        rates.sort_unstable_by(|a, b| b.total_cmp(a));
        let moment: f32 = rates.iter().zip(1..).map(|(rate, rank)| rate * rank as f32).sum();
        rates.first().map_or(0.0, |largest| largest / moment)
    }
}
