//! A token as the vocabulary looks it up: one 64-bit key for a spelling.
//!
//! Looking a word up must cost one probe and no string. So a spelling is known by its key: up to seven bytes
//! are the key themselves, a longer one is hashed to 56 bits. ASCII letters are folded to lower case on the way;
//! everything else that makes two spellings one term (Unicode folding, stemming) happens when a vocabulary is
//! built, once for each spelling. Two long spellings share a key with a chance of 2⁻⁵⁶.
//!
//! Keys are stored in model files: this function must never change.

/// Spellings with ASCII letters in lower case, known by [`key_of`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Surface(pub u64);

const LONG: u64 = 0xff << 56;
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/// The key of `token` in the space of `seed` (0, or the number of a language where a model has several).
///
/// ```
/// use topicwire::text::key_of;
///
/// assert_eq!(key_of("Energy", 0), key_of("energy", 0));
/// assert_ne!(key_of("internationally", 0), key_of("internationalist", 0));
/// ```
#[inline]
pub fn key_of(token: &str, seed: u64) -> Surface {
    let bytes = token.as_bytes();
    let key = if bytes.len() <= 7 {
        // The length in the top byte tells "a" from "a\0".
        word(bytes) | (bytes.len() as u64) << 56
    } else {
        let mut state = bytes.len() as u64;
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            state = fold(state ^ word(chunk));
        }
        LONG | fold(state ^ word(chunks.remainder())) >> 8
    };
    Surface(if seed == 0 { key } else { fold(key ^ fold(seed)) })
}

/// Up to eight bytes as a little-endian number, ASCII letters in lower case.
#[inline]
fn word(bytes: &[u8]) -> u64 {
    let raw = match *bytes {
        [] => 0,
        [a, b, c, d, e, f, g, h] => u64::from_le_bytes([a, b, c, d, e, f, g, h]),
        [a, b, c, d, ref rest @ ..] => {
            let mut high = 0;
            for (at, &byte) in rest.iter().enumerate() {
                high |= u64::from(byte) << (32 + 8 * at);
            }
            u64::from(u32::from_le_bytes([a, b, c, d])) | high
        }
        ref few => few.iter().enumerate().fold(0, |sum, (at, &byte)| sum | u64::from(byte) << (8 * at)),
    };
    lower_case(raw)
}

/// Sets bit 5 of each byte that is an ASCII capital, eight at a time.
#[inline]
fn lower_case(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let low = word & (0x7f * ONES);
    let at_least_a = low + (0x80 - b'A' as u64) * ONES;
    let beyond_z = low + (0x7f - b'Z' as u64) * ONES;
    let capital = (at_least_a & !beyond_z & !word) & (0x80 * ONES);
    word | capital >> 2
}

/// Multiplies to 128 bits and folds the halves together: every bit of the input reaches the whole output.
#[inline]
pub(crate) fn fold(x: u64) -> u64 {
    let product = u128::from(x ^ MULTIPLIER) * u128::from(0xd6e8_feb8_6659_fd93_u64);
    (product as u64) ^ (product >> 64) as u64
}
