//! How far figures could be off, since the articles are a sample.

use rand::RngExt;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;

use super::judged::Outcome;
use super::{Counts, Judged};

/// The middle 95 % of what a figure is on resampled articles.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Interval {
    /// 2.5 % of samples lie below.
    pub low: f64,
    /// 2.5 % of samples lie above.
    pub high: f64,
}

/// How often articles are drawn anew.
const SAMPLES: u64 = 1_000;

/// Bootstrap intervals of micro-F1, macro-F1 and exact match: articles drawn with replacement, a thousand times.
pub fn bootstrap_intervals(judged: &Judged<'_>, seed: u64) -> [Interval; 3] {
    let articles = judged.articles();
    if articles == 0 {
        return [Interval::default(); 3];
    }
    let mut outcomes = Vec::with_capacity(articles);
    for article in 0..articles {
        let mut row: Vec<(usize, Outcome)> = Vec::new();
        judged.outcomes(article, |topic, outcome| row.push((topic.index(), outcome)));
        outcomes.push(row);
    }
    let samples: Vec<[f64; 3]> = (0..SAMPLES)
        .into_par_iter()
        .map(|sample| {
            // Each sample has a generator of its own, so that threads change nothing.
            let mut random = ChaCha8Rng::seed_from_u64(seed.wrapping_mul(SAMPLES).wrapping_add(sample));
            let mut counts = Counts::zero(judged.topics());
            let mut exact = 0;
            for _ in 0..articles {
                let article = random.random_range(0..articles);
                exact += usize::from(judged.is_exact(article));
                for &(topic, outcome) in &outcomes[article] {
                    counts.topics_mut()[topic].add(outcome, 1);
                }
            }
            [counts.micro().f1, counts.macro_average().f1, exact as f64 / articles as f64]
        })
        .collect();
    std::array::from_fn(|figure| {
        let mut values: Vec<f64> = samples.iter().map(|sample| sample[figure]).collect();
        values.sort_by(f64::total_cmp);
        let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
        Interval { low: at(0.025), high: at(0.975) }
    })
}
