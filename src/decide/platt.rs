//! A score to a probability, where each topic stands for itself.

use serde::{Deserialize, Serialize};

use super::regression::{Pull, Row, regression};

/// Platt scaling: `probability = 1 / (1 + exp(-(slope · score + offset)))`.
///
/// Fitted by Newton's method as Lin, Weng and Keerthi (2007) give it, with Platt's smoothed targets
/// `(n₊ + 1) / (n₊ + 2)` and `1 / (n₋ + 2)`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Platt {
    /// How fast the probability rises with the score; above 0.
    pub slope: f32,
    /// The log odds at score 0.
    pub offset: f32,
}

/// A scaling from which a fit departs only as far as its articles warrant.
#[derive(Debug, Clone, Copy)]
pub struct Prior {
    /// The scaling of all topics taken together.
    pub scaling: Platt,
    /// How many articles it takes to weigh as much as the prior.
    pub strength: f64,
}

const SLOPES: std::ops::RangeInclusive<f64> = 0.05..=100.0;

/// So little of a penalty leaves a weight free, and the equations regular.
const FREE: f64 = 1e-9;

impl Platt {
    /// The log odds at `score`.
    #[inline]
    pub fn log_odds(&self, score: f32) -> f32 {
        self.slope * score + self.offset
    }

    /// The scaling that makes `pairs` of (score, has the topic) likeliest.
    ///
    /// With a `prior`, few positive pairs move the result but little from it, so that a topic of five articles does
    /// not become certain of everything.
    pub fn fit(pairs: &[(f32, bool)], prior: Option<Prior>) -> Platt {
        let positives = pairs.iter().filter(|pair| pair.1).count() as f64;
        let negatives = pairs.len() as f64 - positives;
        let targets = [1.0 / (negatives + 2.0), (positives + 1.0) / (positives + 2.0)];
        let row = |&(score, has): &(f32, bool)| Row {
            features: [f64::from(score), 1.0],
            target: targets[usize::from(has)],
            count: 1.0,
        };
        let pull = match prior {
            Some(Prior { scaling: Platt { slope, offset }, strength }) => {
                let center = [f64::from(slope), f64::from(offset)];
                // Of the slope, what counts is its share of that of the prior.
                Pull { center, strength: [strength / (center[0] * center[0]), FREE] }
            }
            None => {
                let base_rate = ((positives + 1.0) / (negatives + 1.0)).ln();
                Pull { center: [1.0, base_rate], strength: [FREE; 2] }
            }
        };
        let [slope, offset] = regression(pairs, row, pull);
        Platt::bounded(slope, offset)
    }

    /// The probability must rise with the score, or thresholds would mean nothing.
    fn bounded(slope: f64, offset: f64) -> Platt {
        Platt {
            slope: slope.clamp(*SLOPES.start(), *SLOPES.end()) as f32,
            offset: offset.clamp(-60.0, 60.0) as f32,
        }
    }
}
