//! A score to a probability, where each topic stands for itself.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::exponential::exp;

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
        let at = |slope: f64, offset: f64| {
            let parts: Vec<Fit> =
                pairs.par_chunks(CHUNK).map(|pairs| Fit::of(pairs, slope, offset, targets)).collect();
            let departure = slope / center - 1.0;
            let mut fit = Fit {
                loss: 0.5 * pull * departure * departure,
                gradient: [pull * departure / center, 0.0],
                hessian: [pull / (center * center) + 1e-9, 0.0, 1e-9],
            };
            parts.iter().for_each(|part| fit.add(part));
            fit
        };
        let mut current = at(slope, offset);
        for _ in 0..MAX_STEPS {
            let Fit { loss, gradient, hessian } = current;
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
                let tried = at(slope + length * step[0], offset + length * step[1]);
                if tried.loss < loss {
                    (slope, offset) = (slope + length * step[0], offset + length * step[1]);
                    current = tried;
                    break;
                }
                length *= 0.5;
                if length < 1e-3 {
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

/// Pairs that are summed together: fixed, so that sums do not depend on the number of threads.
const CHUNK: usize = 16_384;

/// How well a scaling fits some pairs.
#[derive(Clone, Copy)]
struct Fit {
    /// The negative log likelihood.
    loss: f64,
    /// Its derivatives in slope and offset.
    gradient: [f64; 2],
    /// Its second derivatives: slope twice, slope and offset, offset twice.
    hessian: [f64; 3],
}

impl Fit {
    fn of(pairs: &[(f32, bool)], slope: f64, offset: f64, targets: [f64; 2]) -> Fit {
        let mut fit = Fit { loss: 0.0, gradient: [0.0; 2], hessian: [0.0; 3] };
        for some in pairs.chunks(32) {
            // The sum of logarithms, as that of a product, which no 32 factors of at most 2 can overflow.
            let mut product = 1.0;
            for &(score, positive) in some {
                let score = f64::from(score);
                let z = slope * score + offset;
                let target = targets[usize::from(positive)];
                let small = f64::from(exp(-z.abs() as f32));
                let likelier = 1.0 / (1.0 + small);
                let p = if z > 0.0 { likelier } else { small * likelier };
                // ln(1 + e^z) - t z, without overflow.
                fit.loss += z.max(0.0) - target * z;
                product *= 1.0 + small;
                let (error, spread) = (p - target, p * (1.0 - p));
                fit.gradient[0] += error * score;
                fit.gradient[1] += error;
                fit.hessian[0] += spread * score * score;
                fit.hessian[1] += spread * score;
                fit.hessian[2] += spread;
            }
            fit.loss += product.ln();
        }
        fit
    }

    fn add(&mut self, other: &Fit) {
        self.loss += other.loss;
        self.gradient.iter_mut().zip(other.gradient).for_each(|(sum, part)| *sum += part);
        self.hessian.iter_mut().zip(other.hessian).for_each(|(sum, part)| *sum += part);
    }
}
