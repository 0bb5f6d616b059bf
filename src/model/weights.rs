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

    /// Adds to the sums of the topics, for each of `columns`, its weights times the value beside it.
    #[inline(always)]
    pub fn add_all(&self, columns: &[(u32, f32)], sums: &mut [f32]) {
        match *self {
            StoredWeights::Dense { topics, weights } => {
                let first = add_blocks::<LANES>(weights, topics, 0, columns, sums);
                let first = add_blocks::<QUAD>(weights, topics, first, columns, sums);
                add_blocks::<1>(weights, topics, first, columns, sums);
            }
            StoredWeights::Sparse { topics, weights, .. } => {
                for &(column, value) in columns {
                    let range = self.range(column as usize);
                    let of_column = topics.get(range.clone()).zip(weights.get(range)).unwrap_or_default();
                    for (&topic, &weight) in of_column.0.iter().zip(of_column.1) {
                        if let Some(sum) = sums.get_mut(usize::from(topic)) {
                            *sum += value * f32::from(weight);
                        }
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

/// So many topics are summed up together, so that their sums need not be written before the last column; and so many of what is
/// left over.
const LANES: usize = 16;
const QUAD: usize = 4;

/// [`StoredWeights::add_all`] for whole blocks of `N` topics from `first` on; where they end. Plain loops: see
/// [`Wide`](crate::wide::Wide).
#[inline(always)]
fn add_blocks<const N: usize>(
    weights: &[i8],
    topics: usize,
    mut first: usize,
    columns: &[(u32, f32)],
    sums: &mut [f32],
) -> usize {
    while first + N <= topics {
        let mut block = [0.0_f32; N];
        let mut at = 0;
        while at < columns.len() {
            let (column, value) = columns[at];
            if let Some(weights) = weights[column as usize * topics + first..].first_chunk::<N>() {
                for topic in 0..N {
                    block[topic] += value * f32::from(weights[topic]);
                }
            }
            at += 1;
        }
        for topic in 0..N {
            sums[first + topic] += block[topic];
        }
        first += N;
    }
    first
}
