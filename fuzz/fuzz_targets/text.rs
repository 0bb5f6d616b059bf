//! Any text, in any language that has a stemmer: words within it, and no panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use topicwire::text::{Analyzer, Language, tokenize};

const CODES: [&str; 18] = [
    "ar", "da", "nl", "en", "fi", "fr", "de", "el", "hu", "it", "no", "pt", "ro", "ru", "es", "sv", "ta", "tr",
];

fuzz_target!(|data: (u8, &str)| {
    let (language, text) = data;
    let Ok(language) = CODES[usize::from(language) % CODES.len()].parse::<Language>() else { return };
    let maker = Analyzer::default().for_language(language);
    let mut end = 0;
    tokenize(text, |token| {
        assert_eq!(&text[token.start..token.start + token.text.len()], token.text);
        assert!(token.start >= end || !token.text.is_ascii());
        end = token.start + token.text.len();
        let _ = maker.term(token.text);
    });
});
