//! Scores to probabilities, where an article has exactly one topic.

use serde::{Deserialize, Serialize};

/// Softmax of `slope · score`, slope fitted by maximum likelihood: temperature scaling (Guo et al. 2017), in which
/// the temperature is `1 / slope`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Softmax {
    /// How sharply probabilities follow differences of score; above 0.
    pub slope: f32,
}

impl Softmax {
    /// Turns the scores of all topics of an article into probabilities, in place.
    pub fn apply(&self, scores: &mut [f32]) {
        let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let mut sum = 0.0;
        for score in scores.iter_mut() {
            *score = (self.slope * (*score - highest)).exp();
            sum += *score;
        }
        scores.iter_mut().for_each(|score| *score /= sum);
    }

    /// The slope under which the true topics of `rows` of (scores, topic) are likeliest.
    pub fn fit<'a>(rows: impl Iterator<Item = (&'a [f32], u32)> + Clone) -> Softmax {
        // The log loss is convex in the slope: its derivative, Σ (expected score - own score), has one zero.
        let derivative = |slope: f64| {
            rows.clone()
                .map(|(scores, own)| {
                    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                    let (mut sum, mut weighted) = (0.0, 0.0);
                    for &score in scores {
                        let weight = (slope * f64::from(score - highest)).exp();
                        sum += weight;
                        weighted += weight * f64::from(score);
                    }
                    weighted / sum - f64::from(scores[own as usize])
                })
                .sum::<f64>()
        };
        let (mut low, mut high) = (0.05_f64.ln(), 100.0_f64.ln());
        for _ in 0..30 {
            let middle = 0.5 * (low + high);
            if derivative(middle.exp()) < 0.0 { low = middle } else { high = middle }
        }
        Softmax { slope: (0.5 * (low + high)).exp() as f32 }
    }
}
