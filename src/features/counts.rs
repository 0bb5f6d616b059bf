//! How often each column occurs in each article, and the records made of it.

use std::sync::Arc;

use rayon::prelude::*;

use super::character_ngrams::{SHARE, UNIT};
use super::{Bags, Columns, Field, FieldWeights, Records};

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
    /// How many of the columns, the first, are no character n-grams.
    words: usize,
}

/// 1 + ln of a count: a word that stands ten times says more than one that stands once, but not ten times as much.
#[inline]
pub fn damped(count: u32) -> f32 {
    (count as f32).ln() + 1.0
}

/// Articles that a worker takes at a time.
const CHUNK: usize = 128;

/// Counts below this have their damped form in a table.
const TABLE: u16 = 256;

impl Counts {
    /// Counts the terms of `bags` in their fields.
    pub fn new(bags: &Bags, columns: &Columns, weights: &FieldWeights) -> Counts {
        let spread = Spread { bags, columns, weights };
        let lengths: Vec<usize> =
            (0..bags.len()).into_par_iter().with_min_len(CHUNK).map(|row| spread.length(row)).collect();
        let mut starts = Vec::with_capacity(lengths.len() + 1);
        starts.push(0);
        let mut stored = 0;
        starts.extend(lengths.iter().map(|length| {
            stored += length;
            stored
        }));
        let (mut all, mut counts) = (vec![0; stored], vec![0; stored]);
        split(&mut all, &lengths)
            .into_par_iter()
            .zip(split(&mut counts, &lengths))
            .enumerate()
            .with_min_len(CHUNK)
            .for_each_init(
                || vec![[0; 2]; columns.terms()],
                |scratch, (row, (columns, counts))| spread.fill(row, scratch, columns, counts),
            );
        let (field, words) = (columns.field_of_columns(), columns.words());
        Counts { starts: starts.into(), columns: all.into(), counts, field, words }
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
    /// length that `weights` gives it, and the whole to length 1. Character n-grams come on top, at a share of what
    /// their words are worth.
    pub fn weigh(&self, column_weights: &[f32], weights: &FieldWeights) -> Records {
        let field_weights = weights.as_array();
        let table: Vec<f32> = (0..u32::from(TABLE)).map(damped).collect();
        let damped =
            |count: u16| table.get(usize::from(count)).copied().unwrap_or_else(|| damped(count.into()));
        let mut values = vec![0.0; self.columns.len()];
        let lengths: Vec<usize> = self.starts.windows(2).map(|ends| ends[1] - ends[0]).collect();
        let rows = split(&mut values, &lengths);
        rows.into_par_iter().enumerate().with_min_len(CHUNK).for_each(|(row, values)| {
            let range = self.starts[row]..self.starts[row + 1];
            let (columns, counts) = (&self.columns[range.clone()], &self.counts[range]);
            let words = columns.partition_point(|&column| (column as usize) < self.words);
            let (values, of_ngrams) = values.split_at_mut(words);
            let mut squares = [0.0_f32; 3];
            for ((value, &column), &count) in values.iter_mut().zip(columns).zip(counts) {
                *value = damped(count) * column_weights[column as usize];
                squares[usize::from(self.field[column as usize])] += *value * *value;
            }
            let scale = field_scales(squares, field_weights);
            for (value, &column) in values.iter_mut().zip(columns) {
                *value *= scale[usize::from(self.field[column as usize])];
            }
            let share = SHARE / UNIT * scale[Field::Body as usize];
            for ((value, &column), &count) in
                of_ngrams.iter_mut().zip(&columns[words..]).zip(&counts[words..])
            {
                *value = f32::from(count) * column_weights[column as usize] * share;
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

/// `all` in parts of these `lengths`.
pub(super) fn split<'a, T>(all: &'a mut [T], lengths: &[usize]) -> Vec<&'a mut [T]> {
    let mut rest = all;
    let mut parts = Vec::with_capacity(lengths.len());
    for &length in lengths {
        let (part, behind) = rest.split_at_mut(length);
        parts.push(part);
        rest = behind;
    }
    parts
}

/// How the terms of articles are spread over columns.
struct Spread<'a> {
    bags: &'a Bags,
    columns: &'a Columns,
    weights: &'a FieldWeights,
}

/// How often a term stands in lead and title.
type InOpening = [u16; 2];

impl Spread<'_> {
    /// Calls `each` for every term of the opening of article `row` that has a column in its field there, with that field.
    fn opening(&self, row: usize, mut each: impl FnMut(Field, u32)) {
        let mut field = |field: Field, term: u32| {
            if self.columns.get(term, field).is_some() {
                each(field, term);
            }
        };
        self.bags.lead(row, self.weights.lead_tokens).for_each(|term| field(Field::Lead, term));
        self.bags.title(row).for_each(|term| field(Field::Title, term));
    }

    /// How many columns article `row` has: one for the body of each term, and those of the distinct terms of its opening.
    fn length(&self, row: usize) -> usize {
        let mut with_column: Vec<(Field, u32)> = Vec::new();
        self.opening(row, |field, term| with_column.push((field, term)));
        with_column.sort_unstable();
        with_column.dedup();
        self.bags.terms.of(row).len() + with_column.len()
    }

    /// Fills in the columns of article `row` in ascending order, and how often each occurs. `scratch` has zeros for each
    /// term, before and after.
    fn fill(&self, row: usize, scratch: &mut [InOpening], columns: &mut [u32], counts: &mut [u16]) {
        self.opening(row, |field, term| {
            let count = &mut scratch[term as usize][field as usize - 1];
            *count = count.saturating_add(1);
        });
        let mut at = 0;
        let terms = self.bags.terms.of(row);
        let in_body = terms.iter().zip(&self.bags.counts[self.bags.terms.range(row)]);
        let pairs = self.bags.opening_pairs(row);
        let in_opening = pairs.iter().map(|pair| (pair, &0));
        let of_words = self.columns.terms() - self.bags.character_ngrams;
        let of_words = terms.partition_point(|&term| (term as usize) < of_words);
        let (before, behind) = (in_body.clone().take(of_words), in_body.skip(of_words));
        for (&term, &in_body) in before.chain(in_opening).chain(behind) {
            let [in_lead, in_title] = std::mem::take(&mut scratch[term as usize]);
            for (field, count) in [(Field::Body, in_body), (Field::Lead, in_lead), (Field::Title, in_title)] {
                if count > 0
                    && let Some(column) = self.columns.get(term, field)
                {
                    (columns[at], counts[at]) = (column, count);
                    at += 1;
                }
            }
        }
    }
}
