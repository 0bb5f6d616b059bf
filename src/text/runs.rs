//! Where runs of characters lie that words may be made of, as one bit for each byte of a text.
//!
//! Whether a byte is a letter is asked of many bytes at once, and where a run starts and ends is counted in the bits: no
//! branch hangs on a single character, which a processor would have to guess.

/// A bit for each byte of a text, set where the byte is an ASCII letter, a digit, an underscore, or not ASCII.
pub(super) struct Runs {
    /// Byte `i` is bit `i % 64` of number `i / 64`. One more at the end, all 0.
    bits: Vec<u64>,
}

/// A run of such bytes.
#[derive(Clone, Copy)]
pub(super) struct Run {
    /// Its first byte.
    pub start: usize,
    /// The byte behind its last.
    pub end: usize,
    /// Whether another run begins one byte behind its end.
    pub may_be_joined: bool,
}

const BLOCK: usize = 64;

impl Runs {
    pub fn new(text: &[u8]) -> Runs {
        let (blocks, rest) = text.as_chunks::<BLOCK>();
        let mut bits = Vec::with_capacity(blocks.len() + 2);
        bits.extend(blocks.iter().map(word_bytes));
        let mut last = [0; BLOCK];
        last[..rest.len()].copy_from_slice(rest);
        bits.extend([word_bytes(&last), 0]);
        Runs { bits }
    }

    /// The first run at `at` or behind it. Where `at` lies within a run, its rest.
    #[inline]
    pub fn next(&self, mut at: usize) -> Option<Run> {
        loop {
            let bits = self.from(at)?;
            if bits == 0 {
                at += BLOCK;
                continue;
            }
            let before = bits.trailing_zeros();
            let length = (!(bits >> before)).trailing_zeros();
            let start = at + before as usize;
            // Where these bits go further than the byte behind the end, they tell all.
            if before + length < BLOCK as u32 - 1 {
                let may_be_joined = bits >> (before + length + 1) & 1 == 1;
                return Some(Run { start, end: start + length as usize, may_be_joined });
            }
            let end = self.end(start);
            let may_be_joined = self.from(end + 1).is_some_and(|bits| bits & 1 == 1);
            return Some(Run { start, end, may_be_joined });
        }
    }

    /// Where the run that goes on at `at` ends.
    pub fn end(&self, mut at: usize) -> usize {
        while let Some(bits) = self.from(at) {
            let length = (!bits).trailing_zeros();
            at += length as usize;
            if length < BLOCK as u32 {
                break;
            }
        }
        at
    }

    /// The bits of the 64 bytes from `at` on; `None` behind the end of the text.
    #[inline]
    fn from(&self, at: usize) -> Option<u64> {
        let (block, shift) = (at / BLOCK, at % BLOCK);
        let [low, high] = *self.bits.get(block..)?.first_chunk::<2>()?;
        Some(low >> shift | high << 1 << (BLOCK - 1 - shift))
    }
}

/// A bit for each of 64 bytes.
#[inline]
fn word_bytes(block: &[u8; BLOCK]) -> u64 {
    let mut are_of_words = [0_u8; BLOCK];
    for at in 0..BLOCK {
        let byte = block[at];
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        are_of_words[at] = u8::from(letter | digit | (byte == b'_') | (byte >= 0x80));
    }
    let (eights, _) = are_of_words.as_chunks::<8>();
    // The product has the lowest bits of the eight bytes side by side in its highest byte.
    let gathered = |eight: &[u8; 8]| u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    eights.iter().rev().fold(0, |bits, eight| bits << 8 | gathered(eight))
}
