//! The hash table from spellings to terms, in the layout in which it lies in a model file.

use std::borrow::Cow;

use rayon::prelude::*;

use crate::TermId;
use crate::text::Surface;

/// Spelling → term: open addressing with linear probing over two parallel arrays, so that it can be mapped from a
/// file and used as it lies there. A lookup of a known word costs one cache line, mostly.
#[derive(Debug, Clone)]
pub struct SurfaceTable<'a> {
    keys: Cow<'a, [u64]>,
    terms: Cow<'a, [u32]>,
}

/// An empty slot: no key is 0, for a key of a non-empty spelling has its length in the top byte.
const EMPTY: u64 = 0;

impl SurfaceTable<'static> {
    /// The table of `entries`, which must have distinct keys. The layout depends on the set of entries alone, not
    /// on their order, so that the same vocabulary gives the same bytes.
    ///
    /// Terms are numbered by how many articles have them, and the first to come gets the slot where its search starts: words that
    /// are looked up often are found at once.
    pub fn new(mut entries: Vec<(Surface, TermId)>) -> Self {
        let slots = entries.len() * 4 / 3 + 2;
        entries.par_sort_unstable_by_key(|&(surface, term)| (term, surface));
        let mut keys = vec![EMPTY; slots];
        let mut terms = vec![0; slots];
        for (surface, term) in entries {
            let mut slot = home(surface, slots);
            while keys[slot] != EMPTY {
                slot = if slot + 1 == slots { 0 } else { slot + 1 };
            }
            keys[slot] = surface.0;
            terms[slot] = term.0;
        }
        SurfaceTable { keys: keys.into(), terms: terms.into() }
    }
}

impl<'a> SurfaceTable<'a> {
    /// A table from its two arrays. `None` where they cannot be one: different lengths, or no empty slot, in which
    /// a lookup would not end.
    pub fn from_parts(keys: Cow<'a, [u64]>, terms: Cow<'a, [u32]>) -> Option<Self> {
        // Looking at every slot would read the whole file; a lookup counts its probes instead.
        (keys.len() == terms.len() && !keys.is_empty()).then_some(SurfaceTable { keys, terms })
    }

    /// The two arrays: keys and terms, slot by slot.
    pub fn parts(&self) -> (&[u64], &[u32]) {
        (&self.keys, &self.terms)
    }

    /// The term of `surface`, if it is known.
    #[inline]
    pub fn get(&self, surface: Surface) -> Option<TermId> {
        self.get_from(home(surface, self.keys.len()), surface)
    }

    #[inline]
    fn get_from(&self, mut slot: usize, surface: Surface) -> Option<TermId> {
        for _ in 0..self.keys.len() {
            let key = self.keys[slot];
            if key == surface.0 {
                return Some(TermId(self.terms[slot]));
            }
            if key == EMPTY {
                return None;
            }
            slot = self.behind(slot);
        }
        None
    }

    /// The terms of `surfaces`, 64 at most. The first two slots of every search are read without a branch, so that the processor
    /// waits for the memory of many words at once: nearly all words that are known stand in one of them.
    #[inline]
    pub(crate) fn get_many<const N: usize>(&self, surfaces: &[Surface; N]) -> [Option<TermId>; N] {
        let (mut found, mut thirds) = ([None; N], [0; N]);
        let mut going_on = 0_u64;
        for at in 0..N {
            let Surface(key) = surfaces[at];
            let first = home(surfaces[at], self.keys.len());
            let second = self.behind(first);
            let (in_first, in_second) = (self.keys[first], self.keys[second]);
            let known = (in_first == key) | (in_second == key);
            let slot = if in_first == key { first } else { second };
            found[at] = known.then_some(TermId(self.terms[slot]));
            thirds[at] = self.behind(second);
            going_on |= u64::from(!known & (in_first != EMPTY) & (in_second != EMPTY)) << at;
        }
        while going_on != 0 {
            let at = going_on.trailing_zeros() as usize;
            found[at] = self.get_from(thirds[at], surfaces[at]);
            going_on &= going_on - 1;
        }
        found
    }

    /// The slot where a search goes on behind `slot`.
    #[inline]
    fn behind(&self, slot: usize) -> usize {
        if slot + 1 == self.keys.len() { 0 } else { slot + 1 }
    }
}

/// The slot where the search for `surface` starts.
#[inline]
fn home(surface: Surface, slots: usize) -> usize {
    // Multiplying by the number of slots maps the hash evenly to any number of them, no power of two needed.
    ((u128::from(crate::text::fold(surface.0)) * slots as u128) >> 64) as usize
}
