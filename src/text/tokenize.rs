//! Text to tokens: the words of Unicode's word boundaries (UAX #29).
//!
//! ```
//! use topicwire::text::tokenize;
//!
//! let mut words = Vec::new();
//! tokenize("The U.S. can't pay 3.5% — not yet; 東京都", |token| words.push(token.text.to_string()));
//! assert_eq!(words, ["The", "U.S", "can't", "pay", "3.5", "not", "yet", "東京", "京都"]);
//! ```
//!
//! ASCII is walked by a table of character classes, which is many times faster than the general rules and
//! agrees with them (a property test compares the two); a stretch with other characters goes to
//! `unicode-segmentation`. Scripts that put no space between words (Chinese, Japanese, Thai, …) have no word
//! boundaries to find without a dictionary, so a run of them becomes overlapping pairs of characters.

use unicode_segmentation::UnicodeSegmentation;

use super::eight_bytes::{HIGH_BITS, ONES, in_range};
use super::{Surface, key_of};

/// A word as it stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// The word.
    pub text: &'a str,
    /// Where it starts, in bytes from the start of the text.
    pub start: usize,
    /// What a vocabulary looks it up by.
    pub surface: Surface,
}

impl<'a> Token<'a> {
    fn new(text: &'a str, start: usize) -> Self {
        Token { text, start, surface: key_of(text, 0) }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Other,
    Letter,
    Digit,
    Underscore,
    /// `:` joins letters.
    MidLetter,
    /// `,` and `;` join digits.
    MidNumber,
    /// `.` and `'` join both.
    MidBoth,
    NotAscii,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => Class::Letter,
            b'0'..=b'9' => Class::Digit,
            b'_' => Class::Underscore,
            b':' => Class::MidLetter,
            b',' | b';' => Class::MidNumber,
            b'.' | b'\'' => Class::MidBoth,
            0x80.. => Class::NotAscii,
            _ => Class::Other,
        };
        byte += 1;
    }
    classes
};

const fn class(byte: u8) -> Class {
    CLASSES[byte as usize]
}

/// Calls `each` for every word of `text`, from left to right.
pub fn tokenize<'a>(text: &'a str, mut each: impl FnMut(Token<'a>)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match class(bytes[at]) {
            Class::Letter | Class::Digit | Class::Underscore => {
                if let Some((length, surface)) = short_word(bytes, at) {
                    let end = at + length;
                    each(Token { text: &text[at..end], start: at, surface });
                    at = end + 1;
                    continue;
                }
                match ascii_word_end(bytes, at) {
                    WordEnd::At(end) => {
                        let word = &text[at..end];
                        // A run of underscores alone holds nothing that could be a word.
                        if bytes[at] != b'_' || word.bytes().any(|b| b != b'_') {
                            each(Token::new(word, at));
                        }
                        at = end;
                    }
                    WordEnd::NotAscii => at = general_rules(text, at, &mut each),
                }
            }
            Class::NotAscii => at = general_rules(text, at, &mut each),
            _ => at += 1,
        }
    }
}

/// The length and the key of a word of up to seven letters and digits, where what follows surely ends it: most words are such, and
/// one look at eight bytes tells both.
#[inline]
fn short_word(bytes: &[u8], at: usize) -> Option<(usize, Surface)> {
    let eight = u64::from_le_bytes(*bytes.get(at..)?.first_chunk::<8>()?);
    let length = (!word_bytes(eight) & HIGH_BITS).trailing_zeros() as usize / 8;
    if length == 8 || bytes[at] == b'_' {
        return None;
    }
    // A comma or a full stop joins nothing where no word follows it at once.
    let ends = match class(bytes[at + length]) {
        Class::Other => true,
        Class::NotAscii => false,
        _ => bytes.get(at + length + 1).is_some_and(|&next| class(next) == Class::Other),
    };
    ends.then(|| (length, Surface::of_short(eight, length)))
}

enum WordEnd {
    At(usize),
    /// The word touches a character that only the general rules can judge.
    NotAscii,
}

/// Where the word that starts at `at` ends, by the rules WB5 to WB13b for ASCII.
#[inline]
fn ascii_word_end(bytes: &[u8], at: usize) -> WordEnd {
    let mut end = run_end(bytes, at);
    while let Some(&byte) = bytes.get(end) {
        let here = class(byte);
        match here {
            Class::NotAscii => return WordEnd::NotAscii,
            Class::MidLetter | Class::MidNumber | Class::MidBoth => {}
            _ => break,
        }
        let next = bytes.get(end + 1).map_or(Class::Other, |&b| class(b));
        if next == Class::NotAscii {
            return WordEnd::NotAscii;
        }
        let joins = match class(bytes[end - 1]) {
            Class::Letter => here != Class::MidNumber && next == Class::Letter,
            Class::Digit => here != Class::MidLetter && next == Class::Digit,
            _ => false,
        };
        if !joins {
            break;
        }
        end = run_end(bytes, end + 1);
    }
    WordEnd::At(end)
}

/// Where the letters, digits and underscores that start at `at` end. Eight bytes are looked at together: most words end within
/// them, so that their ends are no branches that a processor would have to guess.
#[inline]
fn run_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&eight) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let ends = !word_bytes(u64::from_le_bytes(eight)) & HIGH_BITS;
        if ends != 0 {
            return at + ends.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|&byte| word_bytes(byte.into()) & 0x80 != 0) {
        at += 1;
    }
    at
}

/// The high bit of each byte that is an ASCII letter, a digit or an underscore.
#[inline]
fn word_bytes(eight: u64) -> u64 {
    in_range(eight | (0x20 * ONES), b'a', b'z') | in_range(eight, b'0', b'9') | in_range(eight, b'_', b'_')
}

/// Words of the stretch that starts at `start` and goes to the next ASCII character that surely ends a word;
/// returns where the stretch ends.
fn general_rules<'a>(text: &'a str, start: usize, each: &mut impl FnMut(Token<'a>)) -> usize {
    let bytes = text.as_bytes();
    let ends_a_word = |&at: &usize| class(bytes[at]) == Class::Other && !is_gershayim(bytes, at);
    let end = (start..bytes.len()).find(ends_a_word).unwrap_or(text.len());
    let mut rest = start;
    while rest < end {
        let unspaced = text[rest..end].find(is_unspaced).map_or(end, |at| rest + at);
        for (at, word) in text[rest..unspaced].unicode_word_indices() {
            each(Token::new(word, rest + at));
        }
        rest = text[unspaced..end].find(|c| !is_unspaced(c)).map_or(end, |at| unspaced + at);
        pairs(text, unspaced, rest, each);
    }
    end
}

/// Whether the quotation mark at `at` may be the one within a Hebrew acronym, for which it is what people type.
fn is_gershayim(bytes: &[u8], at: usize) -> bool {
    let not_ascii = |at: usize| bytes.get(at).is_some_and(|&b| class(b) == Class::NotAscii);
    bytes[at] == b'"' && at > 0 && not_ascii(at - 1) && not_ascii(at + 1)
}

/// Overlapping pairs of the characters from `start` to `end`; a character on its own where there is just one.
fn pairs<'a>(text: &'a str, start: usize, end: usize, each: &mut impl FnMut(Token<'a>)) {
    let mut starts = text[start..end].char_indices().map(|(at, _)| start + at).peekable();
    let mut alone = true;
    while let Some(first) = starts.next() {
        let Some(&second) = starts.peek() else {
            if alone {
                each(Token::new(&text[first..end], first));
            }
            return;
        };
        alone = false;
        let length = text[second..].chars().next().map_or(0, char::len_utf8);
        each(Token::new(&text[first..second + length], first));
    }
}

/// Whether `c` belongs to a script that is written without spaces between words.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c),
        0x0E01..=0x0E4E // Thai
        | 0x0E81..=0x0ECE // Lao
        | 0x0F40..=0x0FBC // Tibetan
        | 0x1000..=0x103F // Burmese
        | 0x1780..=0x17D3 // Khmer
        | 0x3005..=0x3007 | 0x3041..=0x3096 | 0x30A1..=0x30FA | 0x30FC..=0x30FF | 0x31F0..=0x31FF // Kana
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF // Han
        | 0xFF66..=0xFF9D // half-width Kana
    )
}
