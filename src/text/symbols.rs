//! What stands between words: marks of punctuation, signs and emoji.
//!
//! Few words are left to tell what a short text is about, and how it is written says more: a question, a price, a hashtag, three
//! exclamation marks. So symbols can be tokens too, a run of the same one being one token.
//!
//! ```
//! use topicwire::text::Analyzer;
//!
//! let analyzer = Analyzer { symbols: true, ..Analyzer::default() };
//! let mut tokens = Vec::new();
//! analyzer.tokenize("Wow!!! #Oil at $80?! 🎉🎉", |token| tokens.push(token.text().to_string()));
//! assert_eq!(tokens, ["Wow", "!!!", "#", "Oil", "at", "$", "80", "?", "!", "🎉🎉"]);
//! ```

use unicode_segmentation::UnicodeSegmentation;

use super::normalize;
use super::tokenize::{Token, is_unspaced, tokenize};

/// A run of more of the same symbol is the same term as one of so many.
const LONGEST_RUN: usize = 4;

/// Calls `each` for every word of `text` and every run of a symbol between words, from left to right.
pub(super) fn tokenize_with_symbols<'a>(text: &'a str, mut each: impl FnMut(Token<'a>)) {
    let mut at = 0;
    tokenize(text, |word| {
        // Words of some scripts overlap.
        if at < word.start {
            each_symbol(text, at, word.start, &mut each);
        }
        at = word.end;
        each(word);
    });
    each_symbol(text, at, text.len(), &mut each);
}

/// Calls `each` for the runs of symbols in `text` from `start` to `end`, where no word is.
fn each_symbol<'a>(text: &'a str, start: usize, end: usize, each: &mut impl FnMut(Token<'a>)) {
    let mut symbols = text[start..end].grapheme_indices(true).peekable();
    while let Some((at, symbol)) = symbols.next() {
        let mut run_end = at + symbol.len();
        while symbols.next_if(|&(_, next)| next == symbol).is_some() {
            run_end += symbol.len();
        }
        if !symbol.chars().all(is_blank) {
            each(Token::new(text, start + at, start + run_end));
        }
    }
}

/// Whether `token` is a run of symbols and no word.
pub(crate) fn is_symbol(token: &str) -> bool {
    !token.chars().any(|c| c.is_alphanumeric() || is_unspaced(c))
}

/// The term of a run of symbols; `None` where nothing of it is to be seen.
pub(super) fn term_of_symbol(token: &str) -> Option<String> {
    let visible: String = normalize(token).chars().filter(|&c| !is_blank(c)).collect();
    let term: String = visible.graphemes(true).take(LONGEST_RUN).collect();
    (!term.is_empty()).then_some(term)
}

/// White space, and what only says how others are shown: the direction of writing, the form of an emoji.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}')
}
