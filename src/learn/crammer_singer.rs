//! The multi-class SVM of Crammer and Singer, for articles with exactly one topic.
//!
//! It asks that an article's own topic score higher than every other by a margin, which is what assigning the
//! likeliest topic needs, where one-vs-rest asks for the sign of each score. Solved by the sequential dual method of
//! Keerthi et al. 2008: for one article after the other, the dual variables of all topics at once, exactly.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::dual::Stop;
use crate::features::Records;
use crate::wide::{Wide, wide};

/// Weights and dual variables of all topics.
#[derive(Debug, Clone)]
pub struct MultiFit {
    /// Topics, padded to a multiple of eight.
    pub stride: usize,
    /// Weights, column after column (the last is the bias), topics side by side.
    pub weights: Vec<f32>,
    /// Dual variables, row after row.
    pub dual: Vec<f32>,
    /// Passes over the rows.
    pub epochs: u32,
    /// The largest violation in the last pass.
    pub violation: f32,
}

/// A problem: which rows, the topic of each row of the records, the cost.
#[derive(Debug, Clone, Copy)]
pub struct MultiProblem<'a> {
    /// The articles.
    pub records: &'a Records,
    /// The rows to learn from.
    pub rows: &'a [u32],
    /// The topic of each row of `records`.
    pub topic: &'a [u32],
    /// How many topics there are.
    pub topics: usize,
    /// The cost of an error.
    pub cost: f32,
}

/// A fit of a problem.
struct Run<'a> {
    problem: &'a MultiProblem<'a>,
    start: Option<&'a [f32]>,
    stop: Stop,
    seed: u64,
}

impl Wide for Run<'_> {
    type Output = MultiFit;

    #[inline(always)]
    fn run(self) -> MultiFit {
        let Run { problem, start, stop, seed } = self;
        let mut fit = problem.start(start);
        let mut order = problem.rows.to_vec();
        let mut active = order.len();
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        // While most rows still move, those that look settled are set aside at a glance; the bar falls as the
        // solution settles.
        let mut set_aside_below = f32::NEG_INFINITY;
        while fit.epochs < stop.max_epochs {
            fit.epochs += 1;
            order[..active].shuffle(&mut random);
            fit.violation = problem.pass(&mut fit, &mut order, &mut active, set_aside_below);
            if fit.violation <= stop.tolerance {
                if active == order.len() {
                    break;
                }
                active = order.len();
                set_aside_below = f32::NEG_INFINITY;
                continue;
            }
            set_aside_below = stop.tolerance * 0.1;
        }
        fit
    }
}

impl MultiProblem<'_> {
    /// Fits the problem, from the dual variables `start` of a similar one on the same rows where there is one: a fold
    /// starts from the solution for all rows. Those of a problem with another cost must be brought to this cost
    /// first.
    pub fn fit(&self, start: Option<&[f32]>, stop: Stop, seed: u64) -> MultiFit {
        wide(Run { problem: self, start, stop, seed })
    }

    /// The weights that go with the dual variables `start` of this problem's rows.
    #[inline(always)]
    fn start(&self, start: Option<&[f32]>) -> MultiFit {
        let stride = self.topics.next_multiple_of(8);
        let mut fit = MultiFit {
            stride,
            weights: vec![0.0; (self.records.width() + 1) * stride],
            dual: vec![0.0; self.records.len() * stride],
            epochs: 0,
            violation: f32::INFINITY,
        };
        for &row in self.rows.iter().filter(|_| start.is_some()) {
            let row = row as usize;
            let Some(dual) = start.and_then(|start| start.get(row * stride..(row + 1) * stride)) else {
                continue;
            };
            if dual.iter().any(|&d| d != 0.0) {
                self.add(&mut fit.weights, row, dual);
                fit.dual[row * stride..][..stride].copy_from_slice(dual);
            }
        }
        fit
    }

    #[inline(always)]
    fn pass(&self, fit: &mut MultiFit, order: &mut [u32], active: &mut usize, below: f32) -> f32 {
        let (stride, topics) = (fit.stride, self.topics);
        let mut scores = vec![0.0_f32; stride];
        let mut step = vec![0.0_f32; stride];
        let mut sorted = Vec::with_capacity(topics);
        let mut worst = 0.0_f32;
        let mut at = 0;
        while at < *active {
            let row = order[at] as usize;
            let own = self.topic[row] as usize;
            self.scores_into(&fit.weights, row, &mut scores);
            let length = self.records.parts(row).1.iter().map(|v| v * v).sum::<f32>() + 1.0;
            let dual = &mut fit.dual[row * stride..][..stride];
            // The gradient is the score, plus one for every topic but the article's own.
            for (topic, score) in scores[..topics].iter_mut().enumerate() {
                *score += if topic == own { 0.0 } else { 1.0 };
            }
            let (mut highest, mut lowest) = (f32::NEG_INFINITY, f32::INFINITY);
            for topic in 0..topics {
                let limit = if topic == own { self.cost } else { 0.0 };
                highest = highest.max(scores[topic]);
                if dual[topic] < limit {
                    lowest = lowest.min(scores[topic]);
                }
            }
            let violation = if lowest == f32::INFINITY { 0.0 } else { highest - lowest };
            worst = worst.max(violation);
            if violation > 1e-6 {
                self.solve(&scores[..topics], dual, own, length, &mut sorted, &mut step);
                self.add(&mut fit.weights, row, &step);
            }
            if violation > below {
                at += 1;
            } else {
                *active -= 1;
                order.swap(at, *active);
            }
        }
        worst
    }

    /// The exact optimum of one article's dual variables, the others held: minimise
    /// `Σ ½ A α² + B α` with `Σ α = 0` and `α ≤ C` for its own topic, `≤ 0` for the others.
    #[inline(always)]
    fn solve(
        &self,
        gradient: &[f32],
        dual: &mut [f32],
        own: usize,
        length: f32,
        sorted: &mut Vec<f32>,
        step: &mut [f32],
    ) {
        sorted.clear();
        sorted.extend(gradient.iter().zip(dual.iter()).enumerate().map(|(topic, (gradient, dual))| {
            gradient - length * dual + if topic == own { length * self.cost } else { 0.0 }
        }));
        sorted.sort_unstable_by(|a, b| b.total_cmp(a));
        let mut beta = sorted[0] - length * self.cost;
        let mut taken = 1;
        while taken < sorted.len() && beta < taken as f32 * sorted[taken] {
            beta += sorted[taken];
            taken += 1;
        }
        beta /= taken as f32;
        for (topic, (step, (dual, gradient))) in
            step.iter_mut().zip(dual.iter_mut().zip(gradient)).enumerate()
        {
            let limit = if topic == own { self.cost } else { 0.0 };
            let updated = limit.min((beta - (gradient - length * *dual)) / length);
            *step = updated - *dual;
            *dual = updated;
        }
    }

    #[inline(always)]
    fn scores_into(&self, weights: &[f32], row: usize, scores: &mut [f32]) {
        let stride = scores.len();
        let (columns, values) = self.records.parts(row);
        scores.copy_from_slice(&weights[self.records.width() * stride..]);
        let values = &values[..columns.len()];
        let scores = scores.as_chunks_mut::<8>().0;
        let mut at = 0;
        while at < columns.len() {
            let weights = weights[columns[at] as usize * stride..][..stride].as_chunks::<8>().0;
            let value = values[at];
            let mut chunk = 0;
            while chunk < scores.len() {
                let (scores, weights) = (&mut scores[chunk], &weights[chunk]);
                for l in 0..8 {
                    scores[l] += value * weights[l];
                }
                chunk += 1;
            }
            at += 1;
        }
    }

    #[inline(always)]
    fn add(&self, weights: &mut [f32], row: usize, step: &[f32]) {
        let stride = step.len();
        let (columns, values) = self.records.parts(row);
        let values = &values[..columns.len()];
        let step = step.as_chunks::<8>().0;
        let mut at = 0;
        while at <= columns.len() {
            // Behind the columns of the row comes the bias.
            let (column, value) = if at < columns.len() {
                (columns[at] as usize, values[at])
            } else {
                (self.records.width(), 1.0)
            };
            let weights = weights[column * stride..][..stride].as_chunks_mut::<8>().0;
            let mut chunk = 0;
            while chunk < step.len() {
                let (weights, step) = (&mut weights[chunk], &step[chunk]);
                for l in 0..8 {
                    weights[l] += value * step[l];
                }
                chunk += 1;
            }
            at += 1;
        }
    }
}
