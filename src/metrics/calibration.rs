//! Whether probabilities mean what they say.

use serde::Serialize;

use super::Judged;
use crate::Task;

/// How many bins of equal width divide the probabilities from 0 to 1.
pub const BINS: usize = 15;

/// With several topics to an article, pairs of an article and a topic below this probability are left out unless the
/// topic was given: nearly all pairs are surely nothing, and would hide the rest.
pub const LEAST_PROBABILITY: f32 = 0.1;

/// Probabilities against outcomes, bin by bin.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Reliability {
    /// For each bin: how many pairs, the sum of their probabilities, how many of them came true.
    pub bins: Vec<(u64, f64, u64)>,
}

impl Reliability {
    /// Bins the probabilities of `judged`, which are `rows` of one probability for each topic.
    ///
    /// With exactly one topic, the likeliest topic's probability against its being right; with several, every pair whose
    /// probability is at least [`LEAST_PROBABILITY`] or whose topic was given, against its being gold.
    pub fn new(judged: &Judged<'_>, rows: &[Vec<f32>], task: Task) -> Reliability {
        let mut bins = vec![(0, 0.0, 0); BINS];
        let mut add = |probability: f32, came_true: bool| {
            let bin = &mut bins[((f64::from(probability) * BINS as f64) as usize).min(BINS - 1)];
            bin.0 += 1;
            bin.1 += f64::from(probability);
            bin.2 += u64::from(came_true);
        };
        for (article, row) in rows.iter().enumerate() {
            let (gold, given) = (judged.gold().get(article), judged.given().get(article));
            let has = |list: &[crate::TopicId], topic: usize| list.iter().any(|t| t.index() == topic);
            match task {
                Task::Single => {
                    let likeliest = (0..row.len()).max_by(|&a, &b| row[a].total_cmp(&row[b]).then(b.cmp(&a)));
                    if let Some(topic) = likeliest {
                        add(row[topic], has(gold, topic));
                    }
                }
                Task::Multi => {
                    for (topic, &probability) in row.iter().enumerate() {
                        if probability >= LEAST_PROBABILITY || has(given, topic) {
                            add(probability, has(gold, topic));
                        }
                    }
                }
            }
        }
        Reliability { bins }
    }

    /// The expected calibration error: the gap between mean probability and outcome in each bin, weighted by how many
    /// pairs are in it.
    pub fn error(&self) -> f64 {
        let count: u64 = self.bins.iter().map(|bin| bin.0).sum();
        let gaps: f64 = self.bins.iter().map(|bin| (bin.1 - bin.2 as f64).abs()).sum();
        if count == 0 { 0.0 } else { gaps / count as f64 }
    }
}
