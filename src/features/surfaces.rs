//! The hash table from spellings to terms, in the layout in which it lies in a model file.

use std::borrow::Cow;

use rayon::prelude::*;

use crate::TermId;
use crate::text::{Surface, fold};

/// Spelling → term: a bucket for every six spellings, with room for eight, so that the table can be mapped from a file and used as
/// it lies there. What does not fit into its bucket goes into the next that has room.
///
/// A spelling is told from the others of its bucket by 32 bits of its hash, of which another part chose the bucket: one that is
/// not in the table is taken for one that is with a chance of 2⁻²⁹.
#[derive(Debug, Clone)]
pub struct SurfaceTable<'a> {
    buckets: Cow<'a, [Bucket]>,
}

/// One cache line, so that a lookup of a known word costs no more, mostly: for each slot what tells its spelling from others, and
/// then for each its term and 1, or 0 where the slot is empty. Slots are filled from the first on.
pub type Bucket = [[u32; SLOTS]; 2];

const SLOTS: usize = 8;

const EMPTY: Bucket = [[0; SLOTS]; 2];

/// So many slots of a bucket are meant to be filled: with more, searches often go on to the next bucket.
const FILLED: usize = 6;

/// A search looks into so many buckets at most, where a handful is far already: a table filled with ill intent must not hold up who
/// reads it, or who opens an older model.
const REACH: usize = 64;

impl SurfaceTable<'static> {
    /// The table of `entries`. The layout depends on the set of entries alone, not on their order, so that the same vocabulary
    /// gives the same bytes.
    ///
    /// Terms are numbered by how many articles have them, and the first to come gets the bucket where its search starts: words
    /// that are looked up often are found at once. Where two spellings cannot be told from each other, the one whose term comes
    /// first stays.
    pub fn new(mut entries: Vec<(Surface, TermId)>) -> Self {
        let mut buckets = vec![EMPTY; entries.len() / FILLED + 1];
        entries.par_sort_unstable_by_key(|&(surface, term)| (term, surface));
        for (surface, term) in entries {
            let (first, tag) = home(surface, buckets.len());
            for at in reach(first, buckets.len()) {
                if put(&mut buckets[at], tag, term) {
                    break;
                }
            }
        }
        SurfaceTable { buckets: buckets.into() }
    }

    /// The table of a model of format version 4 or older: a key and a term to a slot, and the key 0 where it is empty.
    pub(crate) fn from_slots(keys: &[u64], terms: &[u32]) -> Self {
        let slots = keys.iter().zip(terms).filter(|&(&key, _)| key != 0);
        SurfaceTable::new(slots.map(|(&key, &term)| (Surface(key), TermId(term))).collect())
    }
}

impl<'a> SurfaceTable<'a> {
    /// The table that has these buckets. One without any finds nothing.
    pub fn from_buckets(buckets: Cow<'a, [Bucket]>) -> Self {
        SurfaceTable { buckets }
    }

    /// The buckets, as they are stored.
    pub fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }

    /// The term of `surface`, if it is known.
    #[inline]
    pub fn get(&self, surface: Surface) -> Option<TermId> {
        let (first, tag) = home(surface, self.buckets.len());
        for at in reach(first, self.buckets.len()) {
            let term = look_in(&self.buckets[at], tag);
            if term != 0 || !is_full(&self.buckets[at]) {
                return term_of(term);
            }
        }
        None
    }

    /// The terms of `surfaces`, 64 at most. The bucket where a search starts is read without a branch, so that the processor waits
    /// for the memory of many words at once: nearly all words that are known stand there.
    #[inline]
    pub(crate) fn get_many<const N: usize>(&self, surfaces: &[Surface; N]) -> [Option<TermId>; N] {
        let mut found = [None; N];
        if self.buckets.is_empty() {
            return found;
        }
        let mut going_on = 0_u64;
        for at in 0..N {
            let (first, tag) = home(surfaces[at], self.buckets.len());
            let bucket = &self.buckets[first];
            let term = look_in(bucket, tag);
            found[at] = term_of(term);
            going_on |= u64::from((term == 0) & is_full(bucket)) << at;
        }
        while going_on != 0 {
            let at = going_on.trailing_zeros() as usize;
            found[at] = self.get(surfaces[at]);
            going_on &= going_on - 1;
        }
        found
    }
}

/// The term of the slot of `bucket` with `tag` and 1; 0 where there is none.
#[inline]
fn look_in([tags, terms]: &Bucket, tag: u32) -> u32 {
    // All slots at once, in wide vectors: no branch, for which slot it is cannot be guessed.
    let mut found = [0; SLOTS];
    for slot in 0..SLOTS {
        found[slot] = terms[slot] & u32::from(tags[slot] == tag).wrapping_neg();
    }
    found.iter().fold(0, |all, term| all | term)
}

#[inline]
fn is_full([_, terms]: &Bucket) -> bool {
    terms[SLOTS - 1] != 0
}

/// Puts `term` into the first empty slot of `bucket`, unless there is one with `tag`; whether that is done with.
fn put(bucket: &mut Bucket, tag: u32, term: TermId) -> bool {
    if look_in(bucket, tag) != 0 {
        return true;
    }
    let [tags, terms] = bucket;
    let Some(slot) = terms.iter().position(|&term| term == 0) else { return false };
    // A damaged file may name any term.
    (tags[slot], terms[slot]) = (tag, term.0.wrapping_add(1));
    true
}

#[inline]
fn term_of(stored: u32) -> Option<TermId> {
    stored.checked_sub(1).map(TermId)
}

/// The bucket where the search for `surface` starts, of so many, and what tells it from others there.
#[inline]
fn home(surface: Surface, buckets: usize) -> (usize, u32) {
    let hash = fold(surface.0);
    // Multiplying by the number of buckets maps the hash evenly to any number of them, no power of two needed.
    let bucket = ((hash >> 32) * buckets as u64) >> 32;
    (bucket as usize, hash as u32)
}

/// The buckets that a search looks into, from the `first` on.
#[inline]
fn reach(first: usize, buckets: usize) -> impl Iterator<Item = usize> {
    (first..first + REACH.min(buckets)).map(move |at| if at < buckets { at } else { at - buckets })
}
