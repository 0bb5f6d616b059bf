//! Any text, in any language that has a stemmer: words within it, and no panic but those that are caught.
#![no_main]

use libfuzzer_sys::fuzz_target;
use topicwire::text::{Analyzer, Language, is_stemming, tokenize};

const CODES: [&str; 18] = [
    "ar", "da", "nl", "en", "fi", "fr", "de", "el", "hu", "it", "no", "pt", "ro", "ru", "es", "sv", "ta",
    "tr",
];

/// The fuzzer's own hook ends the process at every panic. Some Greek words make the stemmer panic, which is caught.
fn let_stemmers_panic() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !is_stemming() {
            usual(panic);
        }
    }));
}

fuzz_target!(init: let_stemmers_panic(), |data: (u8, &str)| {
    let (language, text) = data;
    let Ok(language) = CODES[usize::from(language) % CODES.len()].parse::<Language>() else { return };
    let analyzer = Analyzer { symbols: true, ..Analyzer::default() };
    let maker = analyzer.for_language(language);
    let mut words = 0;
    tokenize(text, |_| words += 1);
    let (mut end, mut tokens) = (0, 0);
    analyzer.tokenize(text, |token| {
        tokens += 1;
        assert_eq!(&text[token.start..token.end], token.text());
        assert!(token.start >= end || !token.text().is_ascii());
        end = token.end;
        let _ = maker.term(token.text());
    });
    assert!(tokens >= words);
});
