//! One correction of log odds for all topics.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::exponential::exp;

/// Log odds, bent at even odds: `above · z + offset` for `z > 0`, `below · z + offset` otherwise.
///
/// A support vector machine pushes scores to its margin on either side and no further, so that on the side of the topic
/// scores say less than a straight line through all of them would have it. [`Platt`](super::Platt) draws that line for each
/// topic; the bend is the same for all, and is fitted on all of them together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bend {
    /// The slope where the topic is likelier than not; above 0.
    pub above: f32,
    /// The slope elsewhere; above 0.
    pub below: f32,
    /// What is added.
    pub offset: f32,
}

impl Bend {
    /// The bend that changes nothing.
    pub const NONE: Bend = Bend { above: 1.0, below: 1.0, offset: 0.0 };

    /// The corrected log odds of `z`.
    #[inline]
    pub fn apply(&self, z: f32) -> f32 {
        z * if z > 0.0 { self.above } else { self.below } + self.offset
    }

    /// The bend under which `pairs` of (log odds, has the topic) are likeliest: a logistic regression on the positive part,
    /// the negative part and a constant, by Newton's method.
    pub fn fit(pairs: &[(f32, bool)]) -> Bend {
        let mut weights = [1.0_f64, 1.0, 0.0];
        for _ in 0..25 {
            let mut gradient = [0.0_f64; 3];
            // A little of the identity keeps the matrix regular where one side is empty, and the result near no bend.
            let mut hessian = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
            for (slot, weight) in gradient.iter_mut().zip([weights[0] - 1.0, weights[1] - 1.0, weights[2]]) {
                *slot = weight;
            }
            let parts: Vec<Sums> = pairs.par_chunks(CHUNK).map(|pairs| Sums::of(pairs, weights)).collect();
            for part in parts {
                for row in 0..3 {
                    gradient[row] += part.gradient[row];
                    (0..3).for_each(|column| hessian[row][column] += part.hessian[row][column]);
                }
            }
            let Some(step) = solve(hessian, gradient) else { break };
            let mut largest = 0.0_f64;
            for (weight, step) in weights.iter_mut().zip(step) {
                *weight -= step.clamp(-0.5, 0.5);
                largest = largest.max(step.abs());
            }
            if largest < 1e-6 {
                break;
            }
        }
        let slope = |weight: f64| weight.clamp(0.1, 10.0) as f32;
        Bend {
            above: slope(weights[0]),
            below: slope(weights[1]),
            offset: weights[2].clamp(-5.0, 5.0) as f32,
        }
    }
}

/// Pairs that are summed together: fixed, so that sums do not depend on the number of threads.
const CHUNK: usize = 16_384;

/// Derivatives of the negative log likelihood of some pairs.
struct Sums {
    gradient: [f64; 3],
    hessian: [[f64; 3]; 3],
}

impl Sums {
    fn of(pairs: &[(f32, bool)], weights: [f64; 3]) -> Sums {
        let mut sums = Sums { gradient: [0.0; 3], hessian: [[0.0; 3]; 3] };
        for &(z, has) in pairs {
            let z = f64::from(z);
            let x = [z.max(0.0), z.min(0.0), 1.0];
            let bent = weights[0] * x[0] + weights[1] * x[1] + weights[2];
            let p = 1.0 / (1.0 + f64::from(exp(-bent as f32)));
            let (error, spread) = (p - f64::from(u8::from(has)), p * (1.0 - p));
            for row in 0..3 {
                sums.gradient[row] += error * x[row];
                for column in 0..3 {
                    sums.hessian[row][column] += spread * x[row] * x[column];
                }
            }
        }
        sums
    }
}

/// The solution of three linear equations, by Cramer's rule; `None` where there is none.
fn solve(a: [[f64; 3]; 3], b: [f64; 3]) -> Option<[f64; 3]> {
    let determinant = |m: [[f64; 3]; 3]| {
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
            + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
    };
    let whole = determinant(a);
    if whole.abs() < 1e-12 {
        return None;
    }
    Some(std::array::from_fn(|column| {
        let mut replaced = a;
        for row in 0..3 {
            replaced[row][column] = b[row];
        }
        determinant(replaced) / whole
    }))
}
