//! Scores to probabilities, where an article has exactly one topic.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::exponential::exp;

/// A mixture of two softmaxes of the scores, one sharp and one soft, fitted by maximum likelihood.
///
/// One temperature (Guo et al. 2017) is either too sure of the clear articles or too unsure of the doubtful ones: an
/// article with a wrong or surprising label costs so much that it flattens all the others. A share for the soft softmax
/// pays for those (a form of ensemble temperature scaling, Zhang et al. 2020). The order of topics stays that of the
/// scores.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Softmax {
    /// How sharply the first softmax follows differences of score; above 0.
    pub sharp: f32,
    /// The same for the second.
    pub soft: f32,
    /// The share of the second, from 0 to 1.
    pub share: f32,
}

/// The most rounds of expectation and maximisation: more change no digit that is shown.
const ROUNDS: usize = 30;

/// Rounds that change slopes and share by less than this share of them are enough.
const SETTLED: f64 = 1e-3;

/// The most articles that the fit looks at: three numbers need no more.
const SAMPLE: usize = 5_000;

/// Where the two slopes start, and what they may be, in times that of the one softmax that fits best: so that nothing depends
/// on how large scores are.
const START: [f64; 2] = [1.6, 0.6];
const LEAST: f64 = 0.05;
const MOST: f64 = 20.0;

impl Softmax {
    /// Turns the scores of all topics of an article into probabilities, in place.
    pub fn apply(&self, scores: &mut [f32]) {
        let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let (mut sharp_sum, mut soft_sum) = (0.0, 0.0);
        for score in scores.iter_mut() {
            *score -= highest;
            sharp_sum += (self.sharp * *score).exp();
            soft_sum += (self.soft * *score).exp();
        }
        for score in scores.iter_mut() {
            let sharp = (self.sharp * *score).exp() / sharp_sum;
            let soft = (self.soft * *score).exp() / soft_sum;
            *score = (1.0 - self.share) * sharp + self.share * soft;
        }
    }

    /// The mixture under which the true topics of `rows` of (scores, topic) are likeliest, by expectation maximisation:
    /// each article belongs to either softmax in part, and each softmax takes a Newton step on its parts.
    pub fn fit<'a>(rows: impl ExactSizeIterator<Item = (&'a [f32], u32)>) -> Softmax {
        let stride = rows.len().div_ceil(SAMPLE).max(1);
        let rows: Vec<(&[f32], u32)> = rows.step_by(stride).collect();
        let one = f64::from(slope(&rows));
        let (mut slopes, mut share) = (START.map(|times| times * one), 0.2_f64);
        for _ in 0..ROUNDS {
            let round = |rows: &[(&[f32], u32)]| expectation(rows, slopes, share);
            let (steps, soft_parts) = sum_of(&rows, round, |a, b| {
                let steps = [0, 1].map(|part| [0, 1].map(|at| a.0[part][at] + b.0[part][at]));
                (steps, a.1 + b.1)
            });
            let before = (slopes, share);
            share = (soft_parts / rows.len().max(1) as f64).clamp(0.001, 0.5);
            for (slope, [rise, variance]) in slopes.iter_mut().zip(steps) {
                let newton = if variance > 1e-12 { rise / variance } else { 0.0 };
                // A step of at most a factor of two keeps far starts from overshooting.
                *slope = (*slope + newton).clamp(0.5 * *slope, 2.0 * *slope).clamp(LEAST * one, MOST * one);
            }
            let settled = |now: f64, before: f64| (now - before).abs() < SETTLED * before;
            let slopes_settled = slopes.iter().zip(before.0).all(|(&now, before)| settled(now, before));
            if slopes_settled && settled(share, before.1) {
                break;
            }
        }
        Softmax { sharp: slopes[0] as f32, soft: slopes[1] as f32, share: share as f32 }
    }
}

/// What `rows` say of the steps of both slopes (rise and variance), and how much of them belongs to the soft softmax.
fn expectation(rows: &[(&[f32], u32)], slopes: [f64; 2], share: f64) -> ([[f64; 2]; 2], f64) {
    let mut steps = [[0.0_f64; 2]; 2];
    let mut soft_parts = 0.0;
    for &(scores, own) in rows {
        let of = slopes.map(|slope| Moments::of(scores, own as usize, slope));
        let likelihoods = [(1.0 - share) * of[0].likelihood, share * of[1].likelihood];
        let total = (likelihoods[0] + likelihoods[1]).max(1e-300);
        soft_parts += likelihoods[1] / total;
        for part in 0..2 {
            let weight = likelihoods[part] / total;
            steps[part][0] += weight * of[part].rise;
            steps[part][1] += weight * of[part].variance;
        }
    }
    (steps, soft_parts)
}

/// Articles that are summed together: fixed, so that sums do not depend on the number of threads.
const CHUNK: usize = 256;

/// The sum over `rows` of what `of` makes of some of them, by all threads.
fn sum_of<T: Default + Send>(
    rows: &[(&[f32], u32)],
    of: impl Fn(&[(&[f32], u32)]) -> T + Send + Sync,
    add: impl Fn(T, T) -> T,
) -> T {
    let parts: Vec<T> = rows.par_chunks(CHUNK).map(of).collect();
    parts.into_iter().fold(T::default(), add)
}

/// The slope of the one softmax under which the true topics of `rows` of (scores, topic) are likeliest.
pub(super) fn slope(rows: &[(&[f32], u32)]) -> f32 {
    let mut slope = 5.0_f64;
    for _ in 0..ROUNDS {
        let moments = |rows: &[(&[f32], u32)]| {
            rows.iter().fold((0.0, 0.0), |(rise, variance), &(scores, own)| {
                let of = Moments::of(scores, own as usize, slope);
                (rise + of.rise, variance + of.variance)
            })
        };
        let (rise, variance) = sum_of(rows, moments, |a, b| (a.0 + b.0, a.1 + b.1));
        let newton = if variance > 1e-12 { rise / variance } else { 0.0 };
        let next = (slope + newton).clamp(0.5 * slope, 2.0 * slope).clamp(0.05, 100.0);
        if (next - slope).abs() < 1e-3 * slope {
            return next as f32;
        }
        slope = next;
    }
    slope as f32
}

/// What a softmax at some slope says of an article.
struct Moments {
    /// The probability of its own topic.
    likelihood: f64,
    /// The derivative of the log likelihood in the slope: own score less expected score.
    rise: f64,
    /// The variance of the scores under the softmax, which is the second derivative with its sign turned.
    variance: f64,
}

impl Moments {
    fn of(scores: &[f32], own: usize, slope: f64) -> Moments {
        let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let slope = slope as f32;
        let (mut sum, mut first, mut second) = (0.0, 0.0, 0.0);
        for &score in scores {
            let score = score - highest;
            let weight = exp(slope * score);
            sum += f64::from(weight);
            first += f64::from(weight * score);
            second += f64::from(weight * score * score);
        }
        let mean = first / sum;
        let own = f64::from(scores[own] - highest);
        Moments {
            likelihood: f64::from(exp(slope * own as f32)) / sum,
            rise: own - mean,
            variance: second / sum - mean * mean,
        }
    }
}
