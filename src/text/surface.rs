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

impl Surface {
    /// The key of the same spelling in the space of `seed` (0, or the number of a language where a model has several).
    #[inline]
    pub fn in_space(self, seed: u64) -> Surface {
        if seed == 0 { self } else { Surface(fold(self.0 ^ fold(seed))) }
    }

    /// The key of a spelling of `length` bytes, up to fifteen: the first of `bytes`. `None` where they are not all ASCII.
    #[inline]
    pub(super) fn of_short(bytes: &[u8; 16], length: usize) -> Option<Surface> {
        let sixteen = u128::from_le_bytes(*bytes) & !(u128::MAX << (8 * length));
        let (low, high) = (sixteen as u64, (sixteen >> 64) as u64);
        let (short, long) = (of_up_to_seven(low, length), of_long(fold_chunk(length as u64, low), high));
        ((low | high) & HIGH_BITS == 0).then_some(if length < 8 { short } else { long })
    }
}

/// The key of `token` in the space of `seed`: see [`Surface::in_space`].
///
/// ```
/// use topicwire::text::key_of;
///
/// assert_eq!(key_of("Energy", 0), key_of("energy", 0));
/// assert_ne!(key_of("internationally", 0), key_of("internationalist", 0));
/// ```
#[inline]
pub fn key_of(token: &str, seed: u64) -> Surface {
    let (chunks, rest) = token.as_bytes().as_chunks::<8>();
    let (length, rest) = (token.len(), up_to_seven(rest));
    if chunks.is_empty() {
        return of_up_to_seven(rest, length).in_space(seed);
    }
    let state =
        chunks.iter().fold(length as u64, |state, chunk| fold_chunk(state, u64::from_le_bytes(*chunk)));
    of_long(state, rest).in_space(seed)
}

/// The key of a spelling of `length` bytes, up to seven.
#[inline]
fn of_up_to_seven(bytes: u64, length: usize) -> Surface {
    // The length in the top byte tells "a" from "a\0".
    Surface(lower_case(bytes) | (length as u64) << 56)
}

/// The key of a longer spelling, from the state after its whole chunks of eight bytes and the `rest`. The state starts from its
/// length.
#[inline]
fn of_long(state: u64, rest: u64) -> Surface {
    Surface(LONG | fold_chunk(state, rest) >> 8)
}

#[inline]
fn fold_chunk(state: u64, chunk: u64) -> u64 {
    fold(state ^ lower_case(chunk))
}

/// Up to seven bytes as a little-endian number. The two halves overlap where they have to, so that each length does not need
/// a way of its own.
#[inline]
fn up_to_seven(bytes: &[u8]) -> u64 {
    let (Some(&first), Some(&last)) = (bytes.first(), bytes.last()) else { return 0 };
    let length = bytes.len();
    if let (Some(&low), Some(&high)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        return u64::from(u32::from_le_bytes(low))
            | u64::from(u32::from_le_bytes(high)) << (8 * (length - 4));
    }
    u64::from(first)
        | u64::from(bytes[length / 2]) << (8 * (length / 2))
        | u64::from(last) << (8 * (length - 1))
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x80 * ONES;

/// Sets bit 5 of each byte that is an ASCII capital, eight at a time.
#[inline]
fn lower_case(eight: u64) -> u64 {
    // Sums of seven bits do not reach into the next byte; what is not ASCII is taken out at the end.
    let low = eight & !HIGH_BITS;
    let from_a = low + u64::from(0x80 - b'A') * ONES;
    let beyond_z = low + u64::from(0x7f - b'Z') * ONES;
    eight | (from_a & !beyond_z & !eight & HIGH_BITS) >> 2
}

/// Multiplies to 128 bits and folds the halves together: every bit of the input reaches the whole output.
#[inline]
pub(crate) fn fold(x: u64) -> u64 {
    let product = u128::from(x ^ MULTIPLIER) * u128::from(0xd6e8_feb8_6659_fd93_u64);
    (product as u64) ^ (product >> 64) as u64
}
