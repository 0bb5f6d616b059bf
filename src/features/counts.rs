//! How often each column occurs in each article, and the records made of it.

use std::sync::Arc;

use rayon::prelude::*;

use super::{Columns, Documents, Field, FieldWeights, Records};

/// Damped counts of a corpus: articles × columns, sparse.
///
/// What a column is worth changes from setting to setting and from fold to fold; the counts do not, so they are
/// made once.
#[derive(Debug, Clone)]
pub struct Counts {
    starts: Arc<Vec<usize>>,
    columns: Arc<Vec<u32>>,
    /// How often the column occurs.
    counts: Vec<u16>,
    /// The field of each column.
    field: Vec<u8>,
}

/// 1 + ln of a count: a word that stands ten times says more than one that stands once, but not ten times as much.
#[inline]
pub fn damped(count: u32) -> f32 {
    (count as f32).ln() + 1.0
}

/// What a worker counts: where each article ends, and the columns and counts of all.
#[derive(Default)]
struct Part {
    ends: Vec<usize>,
    columns: Vec<u32>,
    counts: Vec<u16>,
}

/// Articles counted by a worker at a time.
const CHUNK: usize = 128;

/// Articles that are counted before what workers found is put together, so that it is not held twice.
const GROUP: usize = 64 * CHUNK;

/// Counts below this have their damped form in a table.
const TABLE: u16 = 256;

impl Counts {
    /// Counts the terms of `documents` in their fields.
    pub fn new(documents: &Documents, columns: &Columns<'_>, weights: &FieldWeights) -> Counts {
        let rows: Vec<usize> = (0..documents.len()).collect();
        let mut whole = Part::default();
        let mut starts = Vec::with_capacity(rows.len() + 1);
        starts.push(0);
        for group in rows.chunks(GROUP) {
            let parts: Vec<Part> = group
                .par_chunks(CHUNK)
                .map_init(
                    || vec![[0_u32; 3]; columns.terms()],
                    |scratch, rows| {
                        let mut part = Part::default();
                        for &row in rows {
                            count_row(documents, row, columns, weights, scratch, &mut part);
                            part.ends.push(part.columns.len());
                        }
                        part
                    },
                )
                .collect();
            for part in parts {
                let offset = whole.columns.len();
                starts.extend(part.ends.iter().map(|end| offset + end));
                whole.columns.extend(part.columns);
                whole.counts.extend(part.counts);
            }
        }
        Counts {
            starts: starts.into(),
            columns: whole.columns.into(),
            counts: whole.counts,
            field: columns.field_of_columns(),
        }
    }

    /// How many articles there are.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there are no articles.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        self.field.len()
    }

    /// How many counts are stored.
    pub fn stored(&self) -> usize {
        self.columns.len()
    }

    /// The columns that occur in article `row`.
    pub fn columns(&self, row: usize) -> &[u32] {
        &self.columns[self.starts[row]..self.starts[row + 1]]
    }

    /// Records in which column `c` is worth `column_weights[c]`: damped count × weight, each field brought to the
    /// length that `weights` gives it, and the whole to length 1.
    pub fn weigh(&self, column_weights: &[f32], weights: &FieldWeights) -> Records {
        let field_weights = weights.as_array();
        let table: Vec<f32> = (0..u32::from(TABLE)).map(damped).collect();
        let damped =
            |count: u16| table.get(usize::from(count)).copied().unwrap_or_else(|| damped(count.into()));
        let mut values = vec![0.0; self.columns.len()];
        let mut rows: Vec<&mut [f32]> = Vec::with_capacity(self.len());
        let mut rest = values.as_mut_slice();
        for row in 0..self.len() {
            let (head, tail) = rest.split_at_mut(self.starts[row + 1] - self.starts[row]);
            rows.push(head);
            rest = tail;
        }
        rows.par_iter_mut().enumerate().with_min_len(CHUNK).for_each(|(row, values)| {
            let range = self.starts[row]..self.starts[row + 1];
            let (columns, counts) = (&self.columns[range.clone()], &self.counts[range]);
            let mut squares = [0.0_f32; 3];
            for ((value, &column), &count) in values.iter_mut().zip(columns).zip(counts) {
                *value = damped(count) * column_weights[column as usize];
                squares[usize::from(self.field[column as usize])] += *value * *value;
            }
            let scale = field_scales(squares, field_weights);
            for (value, &column) in values.iter_mut().zip(columns) {
                *value *= scale[usize::from(self.field[column as usize])];
            }
        });
        Records {
            starts: Arc::clone(&self.starts),
            columns: Arc::clone(&self.columns),
            values,
            width: self.width(),
        }
    }
}

/// What to multiply each field's values by, given the sum of their squares: first each field to its weight, then
/// all together to length 1.
pub(crate) fn field_scales(squares: [f32; 3], weights: [f32; 3]) -> [f32; 3] {
    let mut joined = 0.0;
    for field in 0..3 {
        if squares[field] > 0.0 {
            joined += weights[field] * weights[field];
        }
    }
    std::array::from_fn(|field| {
        if squares[field] > 0.0 { weights[field] / (squares[field] * joined).sqrt() } else { 0.0 }
    })
}

/// Appends the (column, damped count) pairs of one article, sorted by column. `scratch` holds zeros before and
/// after.
fn count_row(
    documents: &Documents,
    row: usize,
    columns: &Columns<'_>,
    weights: &FieldWeights,
    scratch: &mut [[u32; 3]],
    part: &mut Part,
) {
    let text = documents.text(row);
    let lead = &text[..text.len().min(weights.lead_tokens as usize)];
    let mut touched: Vec<u32> = Vec::new();
    let ngrams = documents.ngrams(row);
    for (field, tokens) in [
        (Field::Body, documents.all(row)),
        (Field::Body, ngrams),
        (Field::Lead, lead),
        (Field::Title, documents.title(row)),
    ] {
        for &term in tokens.iter().filter(|&&term| term != Documents::UNKNOWN) {
            let counts = &mut scratch[term as usize];
            if *counts == [0; 3] {
                touched.push(term);
            }
            counts[field as usize] += 1;
        }
    }
    touched.sort_unstable();
    for term in touched {
        let counts = std::mem::take(&mut scratch[term as usize]);
        for field in Field::ALL {
            let count = counts[field as usize];
            if count > 0
                && let Some(column) = columns.get(term, field)
            {
                part.columns.push(column);
                part.counts.push(count.min(u16::MAX.into()) as u16);
            }
        }
    }
}
