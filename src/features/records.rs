//! The sparse matrix that classifiers learn from.

use std::sync::Arc;

/// Articles × columns, sparse, one row to an article: what linfa calls records.
///
/// Rows are sorted by column. The pattern is shared between matrices that differ in their values only.
#[derive(Debug, Clone)]
pub struct Records {
    pub(super) starts: Arc<Vec<usize>>,
    pub(super) columns: Arc<Vec<u32>>,
    pub(super) values: Vec<f32>,
    pub(super) width: usize,
}

impl Records {
    /// A matrix of `width` columns from rows of (column, value) pairs. `None` where a column is out of range or
    /// a value is not finite.
    ///
    /// ```
    /// use topicwire::features::Records;
    ///
    /// let records = Records::from_rows(3, [vec![(0, 1.0), (2, 0.5)], vec![]]).unwrap();
    /// assert_eq!(records.row(0).collect::<Vec<_>>(), [(0, 1.0), (2, 0.5)]);
    /// assert!(Records::from_rows(3, [vec![(3, 1.0)]]).is_none());
    /// ```
    pub fn from_rows(width: usize, rows: impl IntoIterator<Item = Vec<(u32, f32)>>) -> Option<Records> {
        let (mut starts, mut columns, mut values) = (vec![0], Vec::new(), Vec::new());
        for mut row in rows {
            row.sort_by_key(|&(column, _)| column);
            for (column, value) in row {
                if column as usize >= width || !value.is_finite() {
                    return None;
                }
                columns.push(column);
                values.push(value);
            }
            starts.push(columns.len());
        }
        Some(Records { starts: starts.into(), columns: columns.into(), values, width })
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The columns and values of row `row`.
    #[inline]
    pub fn parts(&self, row: usize) -> (&[u32], &[f32]) {
        let range = self.starts[row]..self.starts[row + 1];
        (&self.columns[range.clone()], &self.values[range])
    }

    /// Where in memory the beginning of row `row` is noted: to ask for it ahead of time.
    #[inline]
    pub(crate) fn start(&self, row: usize) -> &usize {
        &self.starts[row]
    }

    /// Row `row` as (column, value) pairs.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (u32, f32)> + '_ {
        let (columns, values) = self.parts(row);
        columns.iter().copied().zip(values.iter().copied())
    }

    /// How many values are stored.
    pub fn stored(&self) -> usize {
        self.values.len()
    }
}

impl linfa::dataset::Records for Records {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.len()
    }

    fn nfeatures(&self) -> usize {
        self.width
    }
}
