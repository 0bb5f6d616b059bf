//! Bootstrap intervals: how far a figure would move with other articles from the same source.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::judged::{Outcome, share};
use super::{Counts, Judged};

/// How to draw: articles are drawn with replacement, as many as there are, again and again.
///
/// Every draw has its own stream of random numbers, so the result does not depend on the number of threads.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bootstrap {
    /// How many times to draw. 0 gives intervals that are no wider than the figure itself.
    pub resamples: usize,
    /// Where the random numbers start.
    pub seed: u64,
    /// The share of the drawn figures that an interval holds, between 0 and 1.
    pub level: f64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Bootstrap { resamples: 1000, seed: 0, level: 0.95 }
    }
}

/// From where to where a figure lies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// Whether a figure lies within, the ends included.
    pub fn contains(&self, figure: f64) -> bool {
        self.low <= figure && figure <= self.high
    }
}

/// Percentile intervals of the figures that a model is chosen by.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BootstrapIntervals {
    /// Of the micro-averaged F1.
    pub micro_f1: Interval,
    /// Of the macro-averaged F1. Each draw averages over the topics that occur in it, so with many rare topics
    /// the interval can lie to one side of the figure.
    pub macro_f1: Interval,
    /// Of the exact match, the accuracy where every article has one topic.
    pub exact_match: Interval,
}

/// Draws articles again and again and says between which values the figures lie.
///
/// ```
/// use topicwire::metrics::{Bootstrap, Judged, TopicSets, bootstrap_intervals, exact_match};
///
/// let gold = TopicSets::from_indices((0..200).map(|article| [article % 4]));
/// let given = TopicSets::from_indices((0..200).map(|article| [if article < 30 { 0 } else { article % 4 }]));
/// let judged = Judged::new(&gold, &given, 4)?;
/// let intervals = bootstrap_intervals(&judged, &Bootstrap::default());
/// assert!(intervals.exact_match.contains(exact_match(&judged)));
/// # Ok::<(), topicwire::Error>(())
/// ```
pub fn bootstrap_intervals(judged: &Judged<'_>, bootstrap: &Bootstrap) -> BootstrapIntervals {
    let tallies = Tallies::of(judged);
    let figures = resample(judged.articles(), bootstrap, |weights| tallies.figures(weights));
    let all = tallies.figures(&vec![1; judged.articles()]);
    let interval = |figure: fn(&Figures) -> f64| {
        let mut drawn: Vec<f64> = figures.iter().map(figure).collect();
        if drawn.is_empty() {
            drawn.push(figure(&all));
        }
        percentiles(drawn, bootstrap.level)
    };
    BootstrapIntervals {
        micro_f1: interval(|figures| figures.micro_f1),
        macro_f1: interval(|figures| figures.macro_f1),
        exact_match: interval(|figures| figures.exact_match),
    }
}

/// The figures of one draw.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figures {
    pub(super) micro_f1: f64,
    pub(super) macro_f1: f64,
    exact_match: f64,
}

/// What every article adds to the counts, so that a draw is one pass over a flat array.
pub(super) struct Tallies {
    /// Where each article's entries begin, and where the last one's end.
    starts: Vec<usize>,
    /// Three to a topic: topic × 3, + 0 right, + 1 wrong, + 2 missed.
    entries: Vec<u32>,
    exact: Vec<bool>,
    topics: usize,
}

impl Tallies {
    pub(super) fn of(judged: &Judged<'_>) -> Self {
        let articles = judged.articles();
        let mut tallies = Tallies {
            starts: Vec::with_capacity(articles + 1),
            entries: Vec::with_capacity(judged.gold().assignments()),
            exact: Vec::with_capacity(articles),
            topics: judged.topics(),
        };
        tallies.starts.push(0);
        for article in 0..articles {
            judged.outcomes(article, |topic, outcome| {
                let kind = match outcome {
                    Outcome::Right => 0,
                    Outcome::Wrong => 1,
                    Outcome::Missed => 2,
                };
                tallies.entries.push(3 * topic.0 + kind);
            });
            tallies.starts.push(tallies.entries.len());
            tallies.exact.push(judged.is_exact(article));
        }
        tallies
    }

    /// The figures when each article counts as often as its weight says.
    pub(super) fn figures(&self, weights: &[u32]) -> Figures {
        let mut sums = vec![0u64; 3 * self.topics];
        let (mut exact, mut total) = (0u64, 0u64);
        for (article, &weight) in weights.iter().enumerate() {
            let weight = u64::from(weight);
            total += weight;
            exact += if self.exact[article] { weight } else { 0 };
            for &entry in &self.entries[self.starts[article]..self.starts[article + 1]] {
                sums[entry as usize] += weight;
            }
        }
        let mut counts = Counts::zero(self.topics);
        for (topic, sums) in counts.topics_mut().iter_mut().zip(sums.chunks_exact(3)) {
            (topic.true_positives, topic.false_positives, topic.false_negatives) =
                (sums[0], sums[1], sums[2]);
        }
        Figures {
            micro_f1: counts.micro().f1,
            macro_f1: counts.macro_average().f1,
            exact_match: share(exact as f64, total as f64),
        }
    }
}

/// Draws `articles` articles with replacement, `resamples` times, and hands how often each was drawn to `each`.
/// The results stand in the order of the draws.
pub(super) fn resample<T: Send>(
    articles: usize,
    bootstrap: &Bootstrap,
    each: impl Fn(&[u32]) -> T + Sync,
) -> Vec<T> {
    if articles == 0 {
        return Vec::new();
    }
    (0..bootstrap.resamples as u64)
        .into_par_iter()
        .map_init(
            || vec![0u32; articles],
            |weights, draw| {
                let mut random = ChaCha8Rng::seed_from_u64(bootstrap.seed);
                random.set_stream(draw);
                weights.fill(0);
                for _ in 0..articles {
                    // Drawn as u64, since usize has another width on other machines and would draw otherwise.
                    weights[random.random_range(0..articles as u64) as usize] += 1;
                }
                each(weights)
            },
        )
        .collect()
}

/// The interval that holds `level` of the figures, with as many left out below as above; between two figures
/// in proportion (the linear rule, NumPy's default). Both ends are 0 where there is no figure.
pub(super) fn percentiles(mut figures: Vec<f64>, level: f64) -> Interval {
    figures.sort_unstable_by(f64::total_cmp);
    let outside = (1.0 - level.clamp(0.0, 1.0)) / 2.0;
    let at = |share: f64| {
        let place = share * figures.len().saturating_sub(1) as f64;
        let (below, above) = (figures.get(place.floor() as usize), figures.get(place.ceil() as usize));
        match (below, above) {
            (Some(below), Some(above)) => below + (above - below) * place.fract(),
            _ => 0.0,
        }
    };
    Interval { low: at(outside), high: at(1.0 - outside) }
}
