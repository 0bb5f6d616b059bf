//! Whether a probability of .8 comes true 8 times in 10.

use serde::{Deserialize, Serialize};

use super::Scored;
use super::judged::{share, sum_over};
use crate::Task;

/// How many bins of equal width the probabilities from 0 to 1 are put in.
pub const BINS: usize = 15;

/// With several topics to an article, pairs less probable than this count only where the topic was assigned.
/// The mass of pairs that nobody would think of would otherwise drown all others.
pub const LEAST_PROBABILITY: f32 = 0.1;

/// One bin of a reliability diagram: the probabilities above `low` up to `high`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityBin {
    /// Where the bin begins; itself not in it, save 0 in the first.
    pub low: f64,
    /// Where the bin ends; itself in it.
    pub high: f64,
    /// How many probabilities fall in the bin.
    pub count: u64,
    /// Their mean; 0 in an empty bin.
    pub probability: f64,
    /// The share of them that came true; 0 in an empty bin.
    pub right: f64,
}

/// Probabilities against how often they come true, in [`BINS`] bins of equal width.
///
/// [`Task::Single`]: one probability per article, that of its likeliest topic, which comes true where that
/// topic is gold. [`Task::Multi`]: one per pair of an article and a topic whose probability is at least
/// [`LEAST_PROBABILITY`] or whose topic was assigned, which comes true where the topic is gold.
///
/// ```
/// use topicwire::Task;
/// use topicwire::metrics::{Judged, Reliability, Scored, Scores, TopicSets};
///
/// let gold = TopicSets::from_indices([[0], [1]]);
/// let given = TopicSets::from_indices([[0], [0]]);
/// let probabilities = Scores::from_rows(2, [[0.75, 0.25], [0.75, 0.25]])?;
/// let scored = Scored::new(Judged::new(&gold, &given, 2)?, &probabilities)?;
/// let reliability = Reliability::of(&scored, Task::Single);
/// assert_eq!(reliability.calibration_error(), 0.25);
/// # Ok::<(), topicwire::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reliability {
    bins: Vec<ReliabilityBin>,
}

impl Reliability {
    /// Puts probabilities in bins. What lies outside 0 to 1 is taken as 0 or 1.
    pub fn of(scored: &Scored<'_>, task: Task) -> Self {
        let sums = sum_over(scored.judged().articles(), |article, sums: &mut [f64; 3 * BINS]| {
            let mut add = |probability: f32, right: bool, count: f64| {
                let probability = f64::from(probability).clamp(0.0, 1.0);
                let bin = bin(probability);
                sums[3 * bin] += count;
                sums[3 * bin + 1] += count * probability;
                sums[3 * bin + 2] += if right { count } else { 0.0 };
            };
            match task {
                Task::Single => {
                    if let Some((topic, probability)) = scored.scores().row(article).likeliest() {
                        let right = scored.judged().gold().get(article).binary_search(&topic).is_ok();
                        add(probability, right, 1.0);
                    }
                }
                Task::Multi => scored.pairs(article, |pairs| {
                    if pairs.given || pairs.probability >= LEAST_PROBABILITY {
                        add(pairs.probability, pairs.gold, pairs.count as f64);
                    }
                }),
            }
        });
        let bins = (0..BINS)
            .map(|bin| {
                let [count, probabilities, right] = [sums[3 * bin], sums[3 * bin + 1], sums[3 * bin + 2]];
                ReliabilityBin {
                    low: bin as f64 / BINS as f64,
                    high: (bin + 1) as f64 / BINS as f64,
                    count: count as u64,
                    probability: share(probabilities, count),
                    right: share(right, count),
                }
            })
            .collect();
        Reliability { bins }
    }

    /// The bins, from 0 to 1, empty ones included.
    pub fn bins(&self) -> &[ReliabilityBin] {
        &self.bins
    }

    /// Expected calibration error: the mean distance, weighted by count, between a bin's mean probability and
    /// the share that came true (Naeini, Cooper and Hauskrecht 2015). Between 0 and 1; 0 where no probability
    /// counts. A low one alone proves little: the base rates reach 0. Read it beside the log loss.
    pub fn calibration_error(&self) -> f64 {
        let total: u64 = self.bins.iter().map(|bin| bin.count).sum();
        let off: f64 =
            self.bins.iter().map(|bin| bin.count as f64 * (bin.right - bin.probability).abs()).sum();
        share(off, total as f64)
    }
}

/// The bin of a probability between 0 and 1: the one whose upper end is the first at or above it.
fn bin(probability: f64) -> usize {
    ((probability * BINS as f64).ceil() as usize).clamp(1, BINS) - 1
}
