//! Text to tokens: the words of Unicode's word boundaries (UAX #29).
//!
//! ```
//! use topicwire::text::tokenize;
//!
//! let mut words = Vec::new();
//! tokenize("The U.S. can't pay 3.5% — not yet; 東京都", |token| words.push(token.text().to_string()));
//! assert_eq!(words, ["The", "U.S", "can't", "pay", "3.5", "not", "yet", "東京", "京都"]);
//! ```
//!
//! ASCII is walked by runs of letters and digits and a table of what joins them, which is many times faster than the general
//! rules and agrees with them (a property test compares the two); a stretch with other characters goes to
//! `unicode-segmentation`. Scripts that put no space between words (Chinese, Japanese, Thai, …) have no word
//! boundaries to find without a dictionary, so a run of them becomes overlapping pairs of characters.

use unicode_segmentation::UnicodeSegmentation;

use super::runs::{Run, Runs};
use super::{Surface, key_of};

/// A word, or a run of a symbol, as it stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    whole: &'a str,
    /// Where it starts, in bytes from the start of the text.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What a vocabulary looks it up by.
    pub surface: Surface,
}

impl<'a> Token<'a> {
    pub(super) fn new(whole: &'a str, start: usize, end: usize) -> Self {
        Token { whole, start, end, surface: key_of(&whole[start..end], 0) }
    }

    /// The word or the symbols.
    pub fn text(&self) -> &'a str {
        &self.whole[self.start..self.end]
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
    let runs = Runs::new(bytes);
    let mut at = 0;
    while let Some(run) = runs.next(at) {
        if let Some(surface) = short_word(bytes, run) {
            each(Token { whole: text, start: run.start, end: run.end, surface });
            at = run.end;
            continue;
        }
        at = match ascii_word_end(bytes, &runs, run) {
            WordEnd::At(end) => {
                // A run of underscores alone holds nothing that could be a word.
                if bytes[run.start..end].iter().any(|&b| b != b'_') {
                    each(Token::new(text, run.start, end));
                }
                end
            }
            WordEnd::NotAscii => general_rules(text, run.start, &mut each),
        };
    }
}

/// The key of `run` where it is surely a word of up to fifteen letters and digits: most words are such, and one look at sixteen
/// bytes tells.
#[inline]
fn short_word(bytes: &[u8], run: Run) -> Option<Surface> {
    let sixteen = bytes.get(run.start..)?.first_chunk::<16>()?;
    let length = run.end - run.start;
    if length >= sixteen.len() {
        return None;
    }
    // A comma or a full stop joins nothing where no word follows it at once.
    let may_go_on = run.may_be_joined & (class(bytes[run.end]) != Class::Other);
    let surface = Surface::of_short(sixteen, length);
    (!may_go_on && sixteen[0] != b'_').then_some(surface?)
}

enum WordEnd {
    At(usize),
    /// The word touches a character that only the general rules can judge.
    NotAscii,
}

/// Where the word that starts with `run` ends, by the rules WB5 to WB13b for ASCII.
fn ascii_word_end(bytes: &[u8], runs: &Runs, run: Run) -> WordEnd {
    let Run { mut start, mut end, .. } = run;
    while bytes[start..end].is_ascii() {
        let class_at = |at: usize| bytes.get(at).map_or(Class::Other, |&byte| class(byte));
        let (here, next) = (class_at(end), class_at(end + 1));
        let joins = match class(bytes[end - 1]) {
            _ if !matches!(here, Class::MidLetter | Class::MidNumber | Class::MidBoth) => false,
            _ if next == Class::NotAscii => true,
            Class::Letter => here != Class::MidNumber && next == Class::Letter,
            Class::Digit => here != Class::MidLetter && next == Class::Digit,
            _ => false,
        };
        if !joins {
            return WordEnd::At(end);
        }
        (start, end) = (end + 1, runs.end(end + 1));
    }
    WordEnd::NotAscii
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
            each(Token::new(text, rest + at, rest + at + word.len()));
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
                each(Token::new(text, first, end));
            }
            return;
        };
        alone = false;
        let length = text[second..].chars().next().map_or(0, char::len_utf8);
        each(Token::new(text, first, second + length));
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
