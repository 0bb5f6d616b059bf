//! Models of format version 4 and older, brought into the layout of today when they are opened.
//!
//! They have a key of 64 bits and a term to a slot of the table of spellings, and the numbers of a term and of a column in arrays of
//! their own.

use safetensors::tensor::Dtype;

use super::file::{Problem, array, not_fitting};
use crate::features::{SurfaceTable, TermColumns};

/// The arrays that stand in the place of [`OF_TODAY`](super::file::OF_TODAY) in older models.
pub(super) const OF_OLDER: [(&str, Dtype); 6] = [
    ("surface.keys", Dtype::U64),
    ("surface.terms", Dtype::U32),
    ("term.columns", Dtype::U32),
    ("term.fields", Dtype::U8),
    ("column.weight", Dtype::F32),
    ("column.scale", Dtype::F32),
];

/// What an older model has in [`OF_OLDER`].
#[derive(Debug)]
pub(super) struct Older {
    pub surfaces: SurfaceTable<'static>,
    pub terms: Vec<u32>,
    pub columns: Vec<[f32; 2]>,
}

impl Older {
    /// Brings the arrays of [`OF_OLDER`], in this order, into today's layout.
    pub fn new([keys, surface_terms, first, fields, weight, scale]: [&[u8]; 6]) -> Result<Older, Problem> {
        let (keys, surface_terms): (&[u64], &[u32]) = (array(keys)?, array(surface_terms)?);
        let (first, weight, scale): (&[u32], &[f32], &[f32]) = (array(first)?, array(weight)?, array(scale)?);
        // Behind the first column of each term stands where those of the last end.
        if keys.len() != surface_terms.len() || first.len() != fields.len() + 1 || weight.len() != scale.len()
        {
            return Err(not_fitting());
        }
        let of_term = |(&first, &fields): (&u32, &u8)| TermColumns::new(first, fields).0;
        Ok(Older {
            surfaces: SurfaceTable::from_slots(keys, surface_terms),
            terms: first.iter().zip(fields).map(of_term).collect(),
            columns: weight.iter().zip(scale).map(|(&weight, &scale)| [weight, scale]).collect(),
        })
    }
}
