//! Targets: the topics of every row, laid out for the solvers.

use super::dual::{LANES, Mask};
use crate::features::Records;
use crate::{Error, Result};

/// The topics of each row of some records.
///
/// ```
/// use topicwire::learn::Labels;
///
/// let labels = Labels::new(&[vec![0], vec![1], vec![0, 1]], 2);
/// assert_eq!(labels.topics(), 2);
/// assert!(labels.has(2, 1) && !labels.has(0, 1));
/// ```
#[derive(Debug, Clone)]
pub struct Labels {
    topics: usize,
    rows: usize,
    /// For each block of topics, a mask for each row.
    blocks: Vec<Vec<Mask>>,
    /// The topic of each row where every row has exactly one.
    own: Option<Vec<u32>>,
}

impl Labels {
    /// Labels from the topic numbers of each row, which must be below `topics`; others are ignored.
    pub fn new(rows: &[Vec<u32>], topics: usize) -> Self {
        let mut blocks = vec![vec![0; rows.len()]; topics.div_ceil(LANES)];
        for (row, row_topics) in rows.iter().enumerate() {
            for &topic in row_topics.iter().filter(|&&topic| (topic as usize) < topics) {
                blocks[topic as usize / LANES][row] |= 1 << (topic as usize % LANES);
            }
        }
        let single = rows.iter().all(|row| row.len() == 1 && (row[0] as usize) < topics);
        let own = single.then(|| rows.iter().map(|row| row[0]).collect());
        Labels { topics, rows: rows.len(), blocks, own }
    }

    /// How many topics there are.
    pub fn topics(&self) -> usize {
        self.topics
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Checks that these can be the labels of `records`.
    pub(super) fn check_length(&self, records: &Records) -> Result<()> {
        if records.len() == self.rows {
            return Ok(());
        }
        Err(Error::Fit(format!("{} articles but labels for {}", records.len(), self.rows)))
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Whether row `row` has topic `topic`.
    pub fn has(&self, row: usize, topic: usize) -> bool {
        self.blocks[topic / LANES][row] >> (topic % LANES) & 1 == 1
    }

    /// How many blocks of topics there are.
    pub fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// The masks of block `block`, row by row.
    pub fn block(&self, block: usize) -> &[Mask] {
        &self.blocks[block]
    }

    /// The topic of each row, where every row has exactly one.
    pub fn own(&self) -> Option<&[u32]> {
        self.own.as_deref()
    }
}
