//! What a linear classifier has learned.

use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::dual::{LANES, Lanes, dot};
use crate::features::Records;
use crate::wide::{Wide, wide};

/// A weight for each column and topic, and a bias for each topic.
#[derive(Debug, Clone)]
pub struct Weights {
    topics: usize,
    /// For each block of topics, its weights column by column; the last is the bias.
    blocks: Vec<Vec<Lanes>>,
}

impl Weights {
    /// Weights of `topics` topics from blocks of [`LANES`] topics, each with a row per column and one for the bias.
    pub fn from_blocks(topics: usize, blocks: Vec<Vec<Lanes>>) -> Self {
        Weights { topics, blocks }
    }

    /// How many topics there are.
    pub fn topics(&self) -> usize {
        self.topics
    }

    /// How many columns there are, the bias included.
    pub fn columns(&self) -> usize {
        self.blocks.first().map_or(0, Vec::len)
    }

    /// The weight of `column` for `topic`; that of the column after the last is the bias.
    pub fn get(&self, column: usize, topic: usize) -> f32 {
        self.blocks[topic / LANES][column][topic % LANES]
    }

    /// The weights with `change` made to those of each column, which are given with the column's number.
    #[must_use]
    pub fn map(mut self, change: impl Fn(usize, &mut [f32])) -> Weights {
        let mut weights = vec![0.0; self.topics];
        for column in 0..self.columns() {
            (0..self.topics).for_each(|topic| weights[topic] = self.get(column, topic));
            change(column, &mut weights);
            for (topic, &weight) in weights.iter().enumerate() {
                self.blocks[topic / LANES][column][topic % LANES] = weight;
            }
        }
        self
    }

    /// Adds to the weights of column `to` those of column `from`, `factor` times.
    pub fn add(&mut self, to: usize, from: usize, factor: f32) {
        for block in &mut self.blocks {
            let further = block[from];
            block[to].iter_mut().zip(further).for_each(|(weight, further)| *weight += factor * further);
        }
    }

    /// The same weights and `share` times those of `other`, which must be of the same columns and topics.
    #[must_use]
    pub fn blended(mut self, other: &Weights, share: f32) -> Weights {
        for (block, other) in self.blocks.iter_mut().zip(&other.blocks) {
            block.par_iter_mut().zip(other).with_min_len(COLUMNS).for_each(|(weights, other)| {
                (0..LANES).for_each(|l| weights[l] += share * other[l]);
            });
        }
        self
    }

    /// The same weights, less the mean over topics of each column: no difference between two topics changes.
    #[must_use]
    pub fn centred(mut self) -> Weights {
        let topics = self.topics;
        let mut means = vec![0.0_f32; self.columns()];
        for block in &self.blocks {
            means.par_iter_mut().zip(block).with_min_len(COLUMNS).for_each(|(mean, weights)| {
                *mean += weights.iter().sum::<f32>() / topics as f32;
            });
        }
        for (block, first) in self.blocks.iter_mut().zip((0..).step_by(LANES)) {
            let here = LANES.min(topics - first);
            block.par_iter_mut().zip(&means).with_min_len(COLUMNS).for_each(|(weights, mean)| {
                weights[..here].iter_mut().for_each(|weight| *weight -= mean);
            });
        }
        self
    }

    /// The same weights, those below `share` of their topic's largest set to 0.
    #[must_use]
    pub fn pruned(mut self, share: f32) -> Weights {
        self.blocks.par_iter_mut().for_each(|block| {
            let Some((_, block)) = block.split_last_mut() else { return };
            let mut least = [0.0_f32; LANES];
            for weights in block.iter() {
                (0..LANES).for_each(|l| least[l] = least[l].max(weights[l].abs()));
            }
            let least = least.map(|largest| share * largest);
            for weights in block {
                (0..LANES)
                    .for_each(|l| weights[l] = if weights[l].abs() < least[l] { 0.0 } else { weights[l] });
            }
        });
        self
    }

    /// The scores of all topics for row `row` of `records`.
    pub fn scores(&self, records: &Records, row: usize) -> Vec<f32> {
        wide(Scores { weights: self, records, row })
    }
}

/// Columns that a worker takes at a time.
const COLUMNS: usize = 1024;

/// The scores of an article, to be added up.
struct Scores<'a> {
    weights: &'a Weights,
    records: &'a Records,
    row: usize,
}

impl Wide for Scores<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn run(self) -> Vec<f32> {
        let Scores { weights: Weights { topics, blocks }, records, row } = self;
        let (columns, values) = records.parts(row);
        let mut scores = Vec::with_capacity(blocks.len() * LANES);
        for block in blocks {
            let bias = block[records.width()];
            let mut sums = dot(block, columns, values);
            for l in 0..LANES {
                sums[l] += bias[l];
            }
            scores.extend_from_slice(&sums);
        }
        scores.truncate(*topics);
        scores
    }
}

/// Dual variables of a solution, from which that of a similar problem starts.
#[derive(Debug, Clone, Default)]
pub enum Duals {
    /// A classifier that has none, or no solution yet.
    #[default]
    None,
    /// For each block of topics, row by row.
    Blocks(Vec<Arc<[Lanes]>>),
    /// Row by row, topics side by side, found at this cost.
    Rows(Arc<[f32]>, f32),
}

impl Duals {
    /// How much memory they take, in bytes.
    pub fn bytes(&self) -> usize {
        match self {
            Duals::None => 0,
            Duals::Blocks(blocks) => blocks.iter().map(|block| size_of_val(&block[..])).sum(),
            Duals::Rows(rows, _) => size_of_val(&rows[..]),
        }
    }
}

/// How a fit ended.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Convergence {
    /// Passes over the rows, of the slowest topic.
    pub iterations: u32,
    /// The largest violation of the optimality conditions at the end.
    pub violation: f32,
    /// Whether the violation came below the tolerance before the passes were used up.
    pub converged: bool,
}

impl Convergence {
    /// The worse of the two.
    #[must_use]
    pub fn and(self, other: Convergence) -> Convergence {
        Convergence {
            iterations: self.iterations.max(other.iterations),
            violation: self.violation.max(other.violation),
            converged: self.converged && other.converged,
        }
    }
}

/// Implements what is the same for every fitted linear classifier: linfa's prediction of scores.
macro_rules! predict_scores {
    ($fitted:ty) => {
        impl linfa::traits::PredictInplace<crate::features::Records, ndarray::Array2<f32>> for $fitted {
            /// Fills `scores` (articles × topics) with the score of each topic.
            fn predict_inplace(&self, records: &crate::features::Records, scores: &mut ndarray::Array2<f32>) {
                for (row, mut scores) in scores.outer_iter_mut().enumerate() {
                    for (slot, score) in scores.iter_mut().zip(self.weights.scores(records, row)) {
                        *slot = score;
                    }
                }
            }

            fn default_target(&self, records: &crate::features::Records) -> ndarray::Array2<f32> {
                ndarray::Array2::zeros((records.len(), self.weights.topics()))
            }
        }

        // linfa writes this one for its own arrays only.
        impl linfa::traits::Predict<&crate::features::Records, ndarray::Array2<f32>> for $fitted {
            /// The score of each topic: articles × topics.
            fn predict(&self, records: &crate::features::Records) -> ndarray::Array2<f32> {
                use linfa::traits::PredictInplace;
                let mut scores = self.default_target(records);
                self.predict_inplace(records, &mut scores);
                scores
            }
        }

        impl $fitted {
            /// What was learned.
            pub fn weights(&self) -> &crate::learn::Weights {
                &self.weights
            }

            /// How the fit ended.
            pub fn convergence(&self) -> crate::learn::Convergence {
                self.convergence
            }
        }
    };
}
pub(super) use predict_scores;
