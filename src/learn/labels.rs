//! Targets: the topics of every row, laid out for the solvers.

use std::ops::Range;

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
    /// The topic of each row where every row has exactly one, and all topics are here.
    own: Option<Vec<u32>>,
    one_each: bool,
}

impl Labels {
    /// Labels from the topic numbers of each row, which must be below `topics`; others are ignored.
    pub fn new(rows: &[Vec<u32>], topics: usize) -> Self {
        Labels::of(rows, 0..topics)
    }

    /// Labels of some topics alone: topic `part.start` becomes number 0. With very many topics a classifier that learns
    /// each by itself learns them part by part.
    ///
    /// ```
    /// use topicwire::learn::Labels;
    ///
    /// let labels = Labels::of(&[vec![0], vec![7], vec![0, 8]], 7..9);
    /// assert!(labels.has(1, 0) && labels.has(2, 1) && !labels.has(0, 0));
    /// ```
    pub fn of(rows: &[Vec<u32>], part: Range<usize>) -> Self {
        let mut blocks = vec![vec![0; rows.len()]; part.len().div_ceil(LANES)];
        for (row, row_topics) in rows.iter().enumerate() {
            for topic in row_topics.iter().map(|&topic| topic as usize).filter(|topic| part.contains(topic)) {
                let topic = topic - part.start;
                blocks[topic / LANES][row] |= 1 << (topic % LANES);
            }
        }
        let one_each = rows.iter().all(|row| row.len() == 1);
        let all = one_each && rows.iter().all(|row| part.contains(&(row[0] as usize)));
        let own = all.then(|| rows.iter().map(|row| row[0] - part.start as u32).collect());
        Labels { topics: part.len(), rows: rows.len(), blocks, own, one_each }
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

    /// Whether every row has exactly one topic, be it among these or not.
    pub fn one_each(&self) -> bool {
        self.one_each
    }

    /// The topic of each row, where every row has exactly one of these.
    pub fn own(&self) -> Option<&[u32]> {
        self.own.as_deref()
    }
}
