//! How the probabilities of a topic are spread, and what each threshold would give.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::judged::share;
use super::{Scored, TopicCounts};

/// How many bins of equal width the probabilities of a topic are counted in.
pub const SCORE_BINS: usize = 50;

/// The probabilities of one topic in [`SCORE_BINS`] bins: those of the articles that have it, and those of all others.
/// Bin `k` holds the probabilities from `k / 50` up to, but not including, `(k + 1) / 50`; the last one holds 1 too.
///
/// ```
/// use topicwire::metrics::{Judged, ScoreHistogram, Scored, Scores, TopicSets};
///
/// let gold = TopicSets::from_indices([vec![0], vec![0], vec![]]);
/// let scores = Scores::from_rows(1, [[0.95], [0.3], [0.4]])?;
/// let scored = Scored::new(Judged::new(&gold, &gold, 1)?, &scores)?;
/// let histogram = &ScoreHistogram::of_topics(&scored)[0];
/// assert_eq!((histogram.gold[47], histogram.others[20]), (1, 1));
/// // From .5 on only the first article would be given the topic: one right, one missed.
/// assert_eq!(histogram.by_threshold()[25].f1, 2.0 / 3.0);
/// # Ok::<(), topicwire::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreHistogram {
    /// How many articles that have the topic are in each bin.
    pub gold: Vec<u64>,
    /// How many other articles are in each bin.
    pub others: Vec<u64>,
}

/// What a topic's figures would be, were it given from `threshold` on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ThresholdPoint {
    /// The topic is given to the articles of this probability or more.
    pub threshold: f64,
    /// The share of these that have it.
    pub precision: f64,
    /// The share of the articles that have it which are among these.
    pub recall: f64,
    /// The harmonic mean of both.
    pub f1: f64,
}

impl ScoreHistogram {
    /// The histogram of every topic, by the topic's number. A topic without any score has the probability of the rest, or
    /// 0.
    pub fn of_topics(scored: &Scored<'_>) -> Vec<ScoreHistogram> {
        let judged = scored.judged();
        let topics = judged.topics();
        let none = || vec![[0_u64; 2 * SCORE_BINS]; topics];
        // Counts are whole numbers, so the parts may be cut as the threads like.
        let sums = (0..judged.articles())
            .into_par_iter()
            .fold(none, |mut counts, article| {
                let (row, gold) = (scored.scores().row(article), judged.gold().get(article));
                let mut gold = gold.iter().peekable();
                for (number, counts) in counts.iter_mut().enumerate() {
                    let topic = crate::TopicId(number as u32);
                    let is_gold = gold.next_if(|&&gold| gold == topic).is_some();
                    let probability =
                        if number < scored.scores().topics() { row.get(topic) } else { row.rest() };
                    counts[bin(probability) + if is_gold { 0 } else { SCORE_BINS }] += 1;
                }
                counts
            })
            .reduce(none, |mut sum, part| {
                for (sum, part) in sum.iter_mut().zip(part) {
                    sum.iter_mut().zip(part).for_each(|(sum, count)| *sum += count);
                }
                sum
            });
        let histogram = |counts: [u64; 2 * SCORE_BINS]| {
            let (gold, others) = counts.split_at(SCORE_BINS);
            ScoreHistogram { gold: gold.to_vec(), others: others.to_vec() }
        };
        sums.into_iter().map(histogram).collect()
    }

    /// What the figures would be at the lower end of each bin, lowest first.
    pub fn by_threshold(&self) -> Vec<ThresholdPoint> {
        let all: u64 = self.gold.iter().sum();
        let mut counts = TopicCounts { true_positives: 0, false_positives: 0, false_negatives: all };
        let mut points: Vec<ThresholdPoint> = (0..self.gold.len())
            .rev()
            .map(|bin| {
                counts.true_positives += self.gold[bin];
                counts.false_negatives -= self.gold[bin];
                counts.false_positives += self.others[bin];
                ThresholdPoint {
                    threshold: share(bin as f64, self.gold.len() as f64),
                    precision: counts.precision(),
                    recall: counts.recall(),
                    f1: counts.f1(),
                }
            })
            .collect();
        points.reverse();
        points
    }
}

/// The bin of a probability; what lies outside 0 to 1 is taken as 0 or 1.
fn bin(probability: f32) -> usize {
    ((f64::from(probability) * SCORE_BINS as f64) as usize).min(SCORE_BINS - 1)
}
