//! A score to a probability, where each topic stands for itself.

use serde::{Deserialize, Serialize};

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
const MAX_STEPS: usize = 100;

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
        let (mut slope, mut offset, pull) = match prior {
            Some(Prior { scaling, strength }) => {
                (f64::from(scaling.slope), f64::from(scaling.offset), strength)
            }
            None => (1.0, ((positives + 1.0) / (negatives + 1.0)).ln(), 0.0),
        };
        let center = slope;
        let loss = |slope: f64, offset: f64| {
            let sum: f64 = pairs
                .iter()
                .map(|&(score, positive)| {
                    let z = slope * f64::from(score) + offset;
                    // ln(1 + e^z) - t z, without overflow.
                    z.max(0.0) + (-z.abs()).exp().ln_1p() - targets[usize::from(positive)] * z
                })
                .sum();
            sum + 0.5 * pull * (slope / center - 1.0).powi(2)
        };
        let mut current = loss(slope, offset);
        for _ in 0..MAX_STEPS {
            let mut gradient = [pull * (slope / center - 1.0) / center, 0.0];
            let mut hessian = [pull / (center * center) + 1e-9, 0.0, 1e-9];
            for &(score, positive) in pairs {
                let score = f64::from(score);
                let p = 1.0 / (1.0 + (-(slope * score + offset)).exp());
                let (error, spread) = (p - targets[usize::from(positive)], p * (1.0 - p));
                gradient[0] += error * score;
                gradient[1] += error;
                hessian[0] += spread * score * score;
                hessian[1] += spread * score;
                hessian[2] += spread;
            }
            if gradient.iter().all(|g| g.abs() < 1e-6 * (1.0 + pairs.len() as f64)) {
                break;
            }
            let determinant = hessian[0] * hessian[2] - hessian[1] * hessian[1];
            let step = [
                -(hessian[2] * gradient[0] - hessian[1] * gradient[1]) / determinant,
                -(hessian[0] * gradient[1] - hessian[1] * gradient[0]) / determinant,
            ];
            let mut length = 1.0;
            loop {
                let tried = loss(slope + length * step[0], offset + length * step[1]);
                if tried < current {
                    (slope, offset) = (slope + length * step[0], offset + length * step[1]);
                    current = tried;
                    break;
                }
                length *= 0.5;
                if length < 1e-8 {
                    return Platt::bounded(slope, offset);
                }
            }
        }
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
