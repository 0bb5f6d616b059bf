//! Scores of topics, corrected by the scores of the other topics.

use rayon::prelude::*;

use super::cholesky::Cholesky;
use super::exponential::exp;
use super::softmax::slope;
use super::table::Table;
use crate::wide::{Wide, wide};

/// A linear map from the scores of one-vs-rest classifiers to better ones, where an article has exactly one topic.
///
/// Classifiers that learn each topic on its own do not know of each other: that a good score for `ship` means less beside a
/// good one for `trade`. Here the corrected score of topic `t` is `s_t + Σ_j (s_j - m_j) C_jt + c_t`, with `m` the mean
/// scores. Times the slope `a` of a softmax it is fitted to out-of-fold scores `s` by maximum likelihood, with a penalty on
/// `a C` and `a c` (stacking, Wolpert 1992, with the simple model as its prior). Corrected scores are as large as those they
/// come from. A linear map of linear scores is one linear stage still: it goes into the weights, and contributions of words
/// add up as before.
#[derive(Debug, Clone, PartialEq)]
pub struct SecondStage {
    topics: usize,
    /// `C`, a row for each topic that speaks, and as last row `c`.
    corrections: Table,
    /// The mean scores.
    means: Vec<f32>,
}

/// How dear corrections are. On the training halves of three collections, log loss out of fold is best from .3 to 3, and
/// accuracy from 1 to 10.
const PENALTY: f32 = 4.0;

/// The most articles that a fit looks at.
const SAMPLE: usize = 6_000;

/// Steps of the fit: more change the log loss by less than a thousandth.
const STEPS: usize = 40;

/// Articles that are summed together: fixed, so that sums do not depend on the number of threads.
const CHUNK: usize = 256;

impl SecondStage {
    /// Fits to `rows` of (scores, topic).
    pub fn fit(rows: &[(&[f32], u32)]) -> SecondStage {
        let stride = rows.len().div_ceil(SAMPLE).max(1);
        let rows: Vec<(&[f32], u32)> = rows.iter().step_by(stride).copied().collect();
        let topics = rows.first().map_or(0, |row| row.0.len());
        let mut means = vec![0.0_f32; topics];
        for (scores, _) in &rows {
            means.iter_mut().zip(*scores).for_each(|(mean, score)| *mean += score / rows.len() as f32);
        }
        let corrections = Table::new(topics + 1, topics);
        let mut stage = SecondStage { topics, corrections, means };
        stage.climb(&rows, slope(&rows));
        stage
    }

    /// Accelerated gradient steps (Nesterov), each measured by the bound on the curvature of the softmax of Böhning 1992:
    /// half the products of the scores, the same for all topics. They are steps of `a C` and `a c`, with `a` the `slope`.
    fn climb(&mut self, rows: &[(&[f32], u32)], slope: f32) {
        let curvature = Cholesky::new(self.bound(rows), self.topics + 1);
        let centred: Vec<Vec<f32>> = rows.iter().map(|(scores, _)| self.centred(scores)).collect();
        let (mut at, mut before, mut momentum) = (self.corrections.rows(), self.corrections.rows(), 1.0_f32);
        for _ in 0..STEPS {
            self.corrections.set_rows(&at, slope);
            let gradient = self.gradient(rows, &centred, slope);
            let mut step: Vec<f64> = gradient.iter().map(|&value| f64::from(value)).collect();
            curvature.solve(&mut step, self.topics);
            let next: Vec<f32> = at.iter().zip(&step).map(|(at, &step)| at - step as f32).collect();
            let change = next.iter().zip(&before).map(|(next, before)| next - before);
            let uphill: f32 = gradient.iter().zip(change).map(|(gradient, change)| gradient * change).sum();
            if uphill > 0.0 {
                momentum = 1.0;
            }
            let grown = 0.5 * (1.0 + (1.0 + 4.0 * momentum * momentum).sqrt());
            let push = (momentum - 1.0) / grown;
            at = next.iter().zip(&before).map(|(next, before)| next + push * (next - before)).collect();
            (before, momentum) = (next, grown);
        }
        self.corrections.set_rows(&before, slope);
    }

    /// The gradient of the penalised log loss in `a C` and `a c`.
    fn gradient(&self, rows: &[(&[f32], u32)], centred: &[Vec<f32>], slope: f32) -> Vec<f32> {
        let parts: Vec<Table> = rows
            .par_chunks(CHUNK)
            .zip(centred.par_chunks(CHUNK))
            .map(|(rows, centred)| wide(Share { stage: self, rows, centred, slope }))
            .collect();
        let mut gradient = self.corrections.rows();
        gradient.iter_mut().for_each(|value| *value *= PENALTY * slope);
        for part in parts {
            gradient.iter_mut().zip(part.rows()).for_each(|(sum, part)| *sum += part);
        }
        gradient
    }

    /// The scores of an article less the means, and a constant 1.
    fn centred(&self, scores: &[f32]) -> Vec<f32> {
        scores.iter().zip(&self.means).map(|(score, mean)| score - mean).chain([1.0]).collect()
    }

    /// Half the products of the centred scores (and of a constant 1), and the penalty: (topics + 1)².
    fn bound(&self, rows: &[(&[f32], u32)]) -> Vec<f64> {
        let size = self.topics + 1;
        let mut products = vec![0.0_f64; size * size];
        for at in 0..size {
            products[at * size + at] = f64::from(PENALTY);
        }
        for (scores, _) in rows {
            let centred: Vec<f64> = self.centred(scores).into_iter().map(f64::from).collect();
            for (at, value) in centred.iter().enumerate() {
                let row = &mut products[at * size..][..=at];
                row.iter_mut().zip(&centred).for_each(|(sum, other)| *sum += 0.5 * value * other);
            }
        }
        products
    }

    /// Corrects the scores of an article, in place.
    pub fn apply(&self, scores: &mut [f32]) {
        let centred = self.centred(scores);
        self.corrections.add_product(&centred, scores);
    }

    /// Corrects the weights of a column: scores are sums of weights, so the map is the same, but for what is constant.
    pub fn apply_to_weights(&self, weights: &mut [f32]) {
        let uncorrected = weights.to_vec();
        self.corrections.add_product(&uncorrected, weights);
    }
}

/// What some articles say of the gradient.
struct Share<'a> {
    stage: &'a SecondStage,
    rows: &'a [(&'a [f32], u32)],
    centred: &'a [Vec<f32>],
    slope: f32,
}

impl Wide for Share<'_> {
    type Output = Table;

    #[inline(always)]
    fn run(self) -> Table {
        let Share { stage, rows, centred, slope } = self;
        let mut errors = Table::new(rows.len(), stage.topics);
        let mut error = Vec::with_capacity(stage.topics);
        for at in 0..rows.len() {
            let (scores, own) = rows[at];
            error.clear();
            error.extend_from_slice(scores);
            stage.corrections.add_product(&centred[at], &mut error);
            softmax(&mut error, slope);
            error[own as usize] -= 1.0;
            errors.set_row(at, &error);
        }
        errors.products(centred, stage.topics + 1)
    }
}

/// Scores times `slope` to probabilities, in place.
#[inline(always)]
fn softmax(scores: &mut [f32], slope: f32) {
    let mut highest = f32::NEG_INFINITY;
    for &score in &*scores {
        highest = if score > highest { score } else { highest };
    }
    for score in &mut *scores {
        *score = exp(slope * (*score - highest));
    }
    let sum: f32 = scores.iter().sum();
    for score in scores {
        *score /= sum;
    }
}
