//! Weights as a model stores them: whole numbers from -127 to 127, and a scale for each column.
//!
//! A scale for each column loses less than one for each topic: rare columns have small weights for all topics. With tens of
//! topics a column's weights lie side by side, one for each; with very many, only those that are not 0 are there.

use rayon::prelude::*;

use crate::TopicId;
use crate::learn::{SparseWeights, Weights};

/// What training hands over, ready to be stored.
#[derive(Debug, Clone)]
pub struct PackedWeights {
    /// For each topic, the score of an article without words.
    pub(super) bias: Vec<f32>,
    /// For each column, what a weight of 1 is worth.
    pub(super) scale: Vec<f32>,
    /// The weights of one column after the other.
    pub(super) weights: Vec<i8>,
    /// For each column where its weights start, and the topic of each weight. Without it, a column has one for every topic.
    pub(super) places: Option<(Vec<u32>, Vec<u16>)>,
}

impl PackedWeights {
    /// All weights.
    pub fn dense(from: &Weights) -> PackedWeights {
        let (columns, topics) = (from.columns() - 1, from.topics());
        let bias = (0..topics).map(|topic| from.get(columns, topic)).collect();
        let mut packed = PackedWeights {
            bias,
            scale: vec![0.0; columns],
            weights: vec![0; columns * topics],
            places: None,
        };
        let parts = packed.scale.par_iter_mut().zip(packed.weights.par_chunks_mut(topics.max(1)));
        parts.enumerate().with_min_len(COLUMNS).for_each(|(column, (scale, weights))| {
            let of_column = |topic: usize| from.get(column, topic);
            let (found, quantise) = scale_of((0..topics).map(of_column));
            *scale = found;
            weights.iter_mut().enumerate().for_each(|(topic, weight)| *weight = quantise(of_column(topic)));
        });
        packed
    }

    /// The weights that are not 0.
    pub fn sparse(from: &SparseWeights) -> PackedWeights {
        let mut packed = PackedWeights {
            bias: from.bias().to_vec(),
            scale: Vec::with_capacity(from.columns()),
            weights: Vec::new(),
            places: None,
        };
        let (mut starts, mut topics) = (vec![0], Vec::new());
        for column in 0..from.columns() {
            let (scale, quantise) = scale_of(from.column(column).map(|(_, weight)| weight));
            packed.scale.push(scale);
            for (topic, weight) in from.column(column) {
                let weight = quantise(weight);
                if weight != 0 {
                    // More topics than 16 bits can number are refused before anything is learned.
                    topics.push(topic as u16);
                    packed.weights.push(weight);
                }
            }
            starts.push(topics.len() as u32);
        }
        packed.places = Some((starts, topics));
        packed
    }
}

/// Columns that a worker packs at a time.
const COLUMNS: usize = 1024;

/// The scale of a column whose weights these are, and the way from a weight to a whole number.
fn scale_of(weights: impl Iterator<Item = f32>) -> (f32, impl Fn(f32) -> i8) {
    let scale = weights.map(f32::abs).fold(0.0, f32::max) / 127.0;
    (scale, move |weight| if scale > 0.0 { (weight / scale).round() as i8 } else { 0 })
}

/// The weights in a model file. What a damaged file says wrong is passed over.
#[derive(Debug, Clone, Copy)]
pub(super) enum StoredWeights<'a> {
    /// Columns × topics.
    Dense { topics: usize, weights: &'a [i8] },
    /// Column by column, where its weights start, and the topic of each.
    Sparse { starts: &'a [u32], topics: &'a [u16], weights: &'a [i8] },
}

impl StoredWeights<'_> {
    /// Whether these can be the weights of so many columns and topics.
    pub fn fit(&self, columns: usize, topics: usize) -> bool {
        match self {
            StoredWeights::Dense { weights, .. } => Some(weights.len()) == columns.checked_mul(topics),
            StoredWeights::Sparse { starts, topics, weights } => {
                starts.len() == columns + 1 && topics.len() == weights.len()
            }
        }
    }

    /// Adds `value` times the weights of `column` to the sums of the topics.
    #[inline(always)]
    pub fn add(&self, column: usize, value: f32, sums: &mut [f32]) {
        match *self {
            StoredWeights::Dense { topics, weights } => {
                let weights = &weights[column * topics..][..topics];
                let sums = &mut sums[..topics];
                for topic in 0..topics {
                    sums[topic] += value * f32::from(weights[topic]);
                }
            }
            StoredWeights::Sparse { topics, weights, .. } => {
                let range = self.range(column);
                let (Some(topics), Some(weights)) = (topics.get(range.clone()), weights.get(range)) else {
                    return;
                };
                for (&topic, &weight) in topics.iter().zip(weights) {
                    if let Some(sum) = sums.get_mut(usize::from(topic)) {
                        *sum += value * f32::from(weight);
                    }
                }
            }
        }
    }

    /// The weight of `column` for `topic`.
    pub fn get(&self, column: usize, topic: TopicId) -> Option<i8> {
        match *self {
            StoredWeights::Dense { topics, weights } => weights.get(column * topics + topic.index()).copied(),
            StoredWeights::Sparse { topics, weights, .. } => {
                let range = self.range(column);
                let place =
                    topics.get(range.clone())?.iter().position(|&of| usize::from(of) == topic.index())?;
                weights.get(range.start + place).copied()
            }
        }
    }

    fn range(&self, column: usize) -> std::ops::Range<usize> {
        let StoredWeights::Sparse { starts, .. } = self else { return 0..0 };
        let at = |column: usize| starts.get(column).map_or(0, |&start| start as usize);
        at(column)..at(column + 1)
    }
}
