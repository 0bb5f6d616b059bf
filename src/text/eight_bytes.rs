//! Eight bytes of a text, looked at together as one number.

pub(super) const ONES: u64 = 0x0101_0101_0101_0101;
pub(super) const HIGH_BITS: u64 = 0x80 * ONES;

/// The high bit of each of `eight` bytes that is `first`, `last` or between them, which must be ASCII.
#[inline]
pub(super) fn in_range(eight: u64, first: u8, last: u8) -> u64 {
    // Sums of seven bits do not reach into the next byte; what is not ASCII is taken out at the end.
    let low = eight & !HIGH_BITS;
    let from_first = low + u64::from(0x80 - first) * ONES;
    let beyond_last = low + u64::from(0x7f - last) * ONES;
    from_first & !beyond_last & !eight & HIGH_BITS
}
