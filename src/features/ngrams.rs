//! Word n-grams: terms made of terms that follow each other.
//!
//! A pair is a term of its own, known by the numbers of its two terms; a triple is a pair and the term that follows it. They
//! stand in the body alone, and never reach over an unknown word or from the title into the text.

use crate::TermId;
use crate::text::{Surface, fold};

/// The most words of an n-gram.
pub const MAX_NGRAM: u8 = 3;

/// What an n-gram is worth, against a word of the same weight: what its words say is counted with them already.
pub(crate) const NGRAM_SHARE: f32 = 0.5;

/// The n-grams that end at one token: of one word, of two, of three.
pub(crate) type Ends = [Option<TermId>; MAX_NGRAM as usize];

/// Keys of n-grams are apart from those of short spellings by their top byte, and else as unlikely to meet as any two
/// hashes are.
const SPACE: u64 = 0xfe << 56;

/// The key of the n-gram that is `first` followed by `then`.
pub(crate) fn key_of_ngram(first: TermId, then: TermId) -> Surface {
    Surface(SPACE | fold(u64::from(first.0) << 32 | u64::from(then.0)) >> 8)
}

/// The n-grams that end at `term`, given those that end at the token before it.
#[inline]
pub(crate) fn advance(before: Ends, term: Option<TermId>, find: impl Fn(Surface) -> Option<TermId>) -> Ends {
    let mut ends = [term, None, None];
    if let Some(term) = term {
        for words in 1..ends.len() {
            ends[words] = before[words - 1].and_then(|first| find(key_of_ngram(first, term)));
        }
    }
    ends
}
