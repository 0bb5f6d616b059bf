//! MinHash (Broder 1997): sets that resemble each other share the smallest of their hashed members, and the odds that
//! they do are their Jaccard similarity. Bands of such hashes find the pairs worth comparing without comparing all
//! (locality-sensitive hashing).

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// No more hashes than this are made for a set.
const MAX_HASHES: usize = 128;

/// The odds that a pair exactly as similar as asked for shares no band. One that is more similar is missed more rarely.
const MISSED: f64 = 0.002;

/// Hash functions in bands. Two sets meet where all hashes of a band agree.
#[derive(Debug, Clone)]
pub(super) struct Bands {
    /// Multiplier and summand of each hash function.
    functions: Vec<(u64, u64)>,
    rows: usize,
}

impl Bands {
    /// Bands under which sets of Jaccard similarity `similarity` or above meet, but for two in a thousand. A pair of
    /// similarity `s` meets with the odds `1 - (1 - s^rows)^bands`; of what is affordable, the most rows are taken, since
    /// these keep dissimilar sets apart. Below a similarity of about .05 more are missed.
    pub(super) fn new(similarity: f64) -> Bands {
        let similarity = similarity.clamp(0.0, 1.0);
        let needed = |rows: usize| {
            let meets = similarity.powi(rows as i32).clamp(1e-9, 1.0 - 1e-9);
            ((MISSED.ln() / (1.0 - meets).ln()).ceil() as usize).max(4)
        };
        let rows = (1..=16).rev().find(|&rows| rows * needed(rows) <= MAX_HASHES).unwrap_or(1);
        let bands = needed(rows).min(MAX_HASHES / rows);
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let functions = (0..bands * rows).map(|_| (rng.next_u64() | 1, rng.next_u64())).collect();
        Bands { functions, rows }
    }

    /// How many bands there are.
    pub(super) fn len(&self) -> usize {
        self.functions.len() / self.rows
    }

    /// Appends a key for each band of `set`, whose members must be well mixed. Sets with the same key in a band meet.
    pub(super) fn keys(&self, set: &[u64], smallest: &mut Vec<u32>, keys: &mut Vec<u64>) {
        smallest.clear();
        smallest.resize(self.functions.len(), u32::MAX);
        for &member in set {
            for (smallest, (multiplier, summand)) in smallest.iter_mut().zip(&self.functions) {
                // The upper half of a product depends on all bits of the member.
                let hash = (member.wrapping_mul(*multiplier).wrapping_add(*summand) >> 32) as u32;
                *smallest = hash.min(*smallest);
            }
        }
        keys.extend(smallest.chunks(self.rows).map(|rows| {
            rows.iter().fold(rows.len() as u64, |key, &hash| {
                (key ^ u64::from(hash)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
            })
        }));
    }
}
