//! Scores to probabilities, where an article has exactly one topic.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::side_by_side::Block;
use crate::wide::{Wide, wide};

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
        Softmax::fit_blocks(&sample(rows))
    }

    /// The geometric mean of the probabilities of the own topics of `rows` of (scores, topic), under the mixture that fits them
    /// best: how good scores are, told more finely than by how often the own topic's is highest.
    pub fn likelihood_of<'a>(rows: impl ExactSizeIterator<Item = (&'a [f32], u32)>) -> f64 {
        let blocks = sample(rows);
        let softmax = Softmax::fit_blocks(&blocks);
        let of_blocks = |blocks: &[Block]| wide(LogLikelihood { blocks, softmax });
        (sum_of(&blocks, of_blocks, |a, b| a + b) / articles_in(&blocks)).exp()
    }

    fn fit_blocks(blocks: &[Block]) -> Softmax {
        let one = slope_of(blocks);
        let (mut slopes, mut share) = (START.map(|times| times * one), 0.2_f64);
        for _ in 0..ROUNDS {
            let round = |blocks: &[Block]| wide(Expectation { blocks, slopes, share });
            let (steps, soft_parts) = sum_of(blocks, round, |a, b| {
                let steps = [0, 1].map(|part| [0, 1].map(|at| a.0[part][at] + b.0[part][at]));
                (steps, a.1 + b.1)
            });
            let before = (slopes, share);
            share = (soft_parts / articles_in(blocks)).clamp(0.001, 0.5);
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

/// Some of `rows`, side by side.
fn sample<'a>(rows: impl ExactSizeIterator<Item = (&'a [f32], u32)>) -> Vec<Block> {
    let stride = rows.len().div_ceil(SAMPLE).max(1);
    Block::of(&rows.step_by(stride).collect::<Vec<_>>())
}

/// How many articles there are, or 1.
fn articles_in(blocks: &[Block]) -> f64 {
    blocks.iter().map(|block| block.articles).sum::<usize>().max(1) as f64
}

/// The sum of the logarithms of the probabilities of own topics.
struct LogLikelihood<'a> {
    blocks: &'a [Block],
    softmax: Softmax,
}

impl Wide for LogLikelihood<'_> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        let Softmax { sharp, soft, share } = self.softmax;
        let share = f64::from(share);
        let mut sum = 0.0;
        for block in self.blocks {
            let of = [block.moments(sharp), block.moments(soft)];
            for (sharp, soft) in of[0][..block.articles].iter().zip(&of[1]) {
                let likelihood = (1.0 - share) * sharp.likelihood + share * soft.likelihood;
                sum += likelihood.max(1e-300).ln();
            }
        }
        sum
    }
}

/// What `blocks` say of the steps of both slopes (rise and variance), and how much of them belongs to the soft softmax.
struct Expectation<'a> {
    blocks: &'a [Block],
    slopes: [f64; 2],
    share: f64,
}

impl Wide for Expectation<'_> {
    type Output = ([[f64; 2]; 2], f64);

    #[inline(always)]
    fn run(self) -> Self::Output {
        let Expectation { blocks, slopes, share } = self;
        let mut steps = [[0.0_f64; 2]; 2];
        let mut soft_parts = 0.0;
        for block in blocks {
            let of = [block.moments(slopes[0] as f32), block.moments(slopes[1] as f32)];
            for (sharp, soft) in of[0][..block.articles].iter().zip(&of[1]) {
                let likelihoods = [(1.0 - share) * sharp.likelihood, share * soft.likelihood];
                let total = (likelihoods[0] + likelihoods[1]).max(1e-300);
                soft_parts += likelihoods[1] / total;
                for (step, (of, likelihood)) in
                    steps.iter_mut().zip([(sharp, likelihoods[0]), (soft, likelihoods[1])])
                {
                    step[0] += likelihood / total * of.rise;
                    step[1] += likelihood / total * of.variance;
                }
            }
        }
        (steps, soft_parts)
    }
}

/// Blocks of articles that are summed together: fixed, so that sums do not depend on the number of threads.
const CHUNK: usize = 16;

/// The sum over `blocks` of what `of` makes of some of them, by all threads.
fn sum_of<T: Default + Send>(
    blocks: &[Block],
    of: impl Fn(&[Block]) -> T + Send + Sync,
    add: impl Fn(T, T) -> T,
) -> T {
    let parts: Vec<T> = blocks.par_chunks(CHUNK).map(of).collect();
    parts.into_iter().fold(T::default(), add)
}

/// The slope of the one softmax under which the true topics of `rows` of (scores, topic) are likeliest.
pub(super) fn slope(rows: &[(&[f32], u32)]) -> f32 {
    slope_of(&Block::of(rows)) as f32
}

fn slope_of(blocks: &[Block]) -> f64 {
    let mut slope = 5.0_f64;
    for _ in 0..ROUNDS {
        let at = |blocks: &[Block]| wide(Step { blocks, slope });
        let (rise, variance) = sum_of(blocks, at, |a, b| (a.0 + b.0, a.1 + b.1));
        let newton = if variance > 1e-12 { rise / variance } else { 0.0 };
        let next = (slope + newton).clamp(0.5 * slope, 2.0 * slope).clamp(0.05, 100.0);
        if (next - slope).abs() < 1e-3 * slope {
            return next;
        }
        slope = next;
    }
    slope
}

/// What `blocks` say of the step of one slope: rise and variance.
struct Step<'a> {
    blocks: &'a [Block],
    slope: f64,
}

impl Wide for Step<'_> {
    type Output = (f64, f64);

    #[inline(always)]
    fn run(self) -> (f64, f64) {
        let (mut rise, mut variance) = (0.0, 0.0);
        for block in self.blocks {
            let of = block.moments(self.slope as f32);
            for of in &of[..block.articles] {
                rise += of.rise;
                variance += of.variance;
            }
        }
        (rise, variance)
    }
}
