//! How many articles can be labelled without a second look.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Scored;
use super::judged::share;

/// What is left, and how much of it is right, when only the surer of the given topics are kept.
///
/// Every topic that the model gave has a probability. A *cut* c keeps those of at least c. The curve runs from
/// the surest topic down to all that were given (risk–coverage, El-Yaniv and Wiener 2010).
///
/// ```
/// use topicwire::metrics::{CoverageCurve, Judged, Scored, Scores, TopicSets};
///
/// let gold = TopicSets::from_indices([[0], [0], [1]]);
/// let given = TopicSets::from_indices([[0], [0], [0]]);
/// let probabilities = Scores::from_rows(2, [[0.9, 0.1], [0.8, 0.2], [0.6, 0.4]])?;
/// let scored = Scored::new(Judged::new(&gold, &given, 2)?, &probabilities)?;
/// let coverage = CoverageCurve::of(&scored).at_precision(0.95);
/// assert_eq!(coverage.coverage, 2.0 / 3.0);
/// assert_eq!(coverage.cut, Some(0.8));
/// # Ok::<(), topicwire::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CoverageCurve {
    points: Vec<CoveragePoint>,
}

/// One cut and what it leaves.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CoveragePoint {
    /// Given topics of this probability or more are kept.
    pub cut: f32,
    /// The share of the kept pairs of an article and a topic that is gold.
    pub precision: f64,
    /// The share of all articles that keep at least one topic.
    pub coverage: f64,
}

/// How many articles keep a topic at a wanted precision.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// The precision that was asked for.
    pub precision: f64,
    /// The lowest cut that reaches it; `None` where no cut does.
    pub cut: Option<f32>,
    /// The share of all articles that keep at least one topic at that cut; 0 where no cut reaches it.
    pub coverage: f64,
}

impl CoverageCurve {
    /// The curve of all given topics, with a point for each probability that one of them has.
    pub fn of(scored: &Scored<'_>) -> Self {
        let judged = scored.judged();
        let mut pairs = Vec::with_capacity(judged.given().assignments());
        for (article, given) in judged.given().iter().enumerate() {
            let (row, gold) = (scored.scores().row(article), judged.gold().get(article));
            pairs.extend(
                given.iter().map(|topic| (row.get(*topic), gold.binary_search(topic).is_ok(), article)),
            );
        }
        pairs.par_sort_unstable_by(|a, b| b.0.total_cmp(&a.0));

        let mut covered = vec![false; judged.articles()];
        let (mut kept, mut right, mut articles) = (0u64, 0u64, 0u64);
        let points = pairs
            .chunk_by(|a, b| a.0 == b.0)
            .map(|same| {
                for &(_, is_right, article) in same {
                    kept += 1;
                    right += u64::from(is_right);
                    articles += u64::from(!std::mem::replace(&mut covered[article], true));
                }
                CoveragePoint {
                    cut: same[0].0,
                    precision: share(right as f64, kept as f64),
                    coverage: share(articles as f64, judged.articles() as f64),
                }
            })
            .collect();
        CoverageCurve { points }
    }

    /// The points, from the highest cut to the lowest.
    pub fn points(&self) -> &[CoveragePoint] {
        &self.points
    }

    /// The share of articles that keep at least one topic at the lowest cut whose kept topics are right in
    /// `precision` of cases or more.
    ///
    /// The cut is chosen with the gold topics of the very articles it is judged on, so it is a little
    /// optimistic where these are few.
    pub fn at_precision(&self, precision: f64) -> Coverage {
        let lowest = self.points.iter().rev().find(|point| point.precision >= precision);
        Coverage {
            precision,
            cut: lowest.map(|point| point.cut),
            coverage: lowest.map_or(0.0, |point| point.coverage),
        }
    }
}
