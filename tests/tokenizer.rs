//! Words are those of Unicode's word boundaries, except in scripts that put no space between words.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use proptest::prelude::*;
use topicwire::text::{key_of, tokenize};
use unicode_segmentation::UnicodeSegmentation;

fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    tokenize(text, |token| words.push(token.text()));
    words
}

fn unicode_words(text: &str) -> Vec<&str> {
    text.unicode_words().collect()
}

/// A string of pieces that stress the rules: letters, digits, and what joins or parts them.
fn ascii_pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z]{1,3}",
        "[0-9]{1,3}",
        "[._:,;']",
        "[._:,;' ]{2}",
        "[ -~]",
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("\0".to_owned()),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// The same with letters, digits and punctuation of alphabets that put spaces between words.
fn alphabet_pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z]{1,3}",
        "[0-9٠-٩]{1,3}",
        "[àéîõüßñçøåłž]{1,3}",
        "[а-яА-Яё]{1,3}",
        "[α-ωΑ-Ωάέή]{1,3}",
        "[ابتثجحخدذرزسشصضطظعغفقكلمنهويىةأإآ]{1,3}",
        "[אבגדהוזחטיכלמנסעפצקרשתםןץףך]{1,3}",
        "(é|ü|بِ|שׁ)",
        "[._:,;'’·٫٬\"–—«»„“”…]",
        " ",
        "[ -~]",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ascii_agrees_with_the_standard(text in ascii_pieces()) {
        prop_assert_eq!(words(&text), unicode_words(&text));
    }

    #[test]
    fn any_ascii_agrees_with_the_standard(text in "[\\x00-\\x7f]{0,40}") {
        prop_assert_eq!(words(&text), unicode_words(&text));
        tokenize(&text, |token| assert_eq!(token.surface, key_of(token.text(), 0)));
    }

    #[test]
    fn alphabets_agree_with_the_standard(text in alphabet_pieces()) {
        prop_assert_eq!(words(&text), unicode_words(&text));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tokens_stand_where_they_say(text in "\\PC{0,60}", more in ".{0,60}", any in any::<String>()) {
        for text in [text, more, any] {
            let mut last = None;
            tokenize(&text, |token| {
                assert!(!token.text().is_empty());
                assert_eq!(&text[token.start..token.end], token.text());
                assert!(last < Some(token.start), "tokens go from left to right");
                assert_eq!(token.surface, key_of(token.text(), 0));
                last = Some(token.start);
            });
        }
    }

    #[test]
    fn a_key_ignores_the_case_of_ascii_alone(word in "[a-zA-Z0-9é]{1,20}", seed in 0_u64..3) {
        prop_assert_eq!(key_of(&word, seed), key_of(&word.to_ascii_uppercase(), seed));
        prop_assert_ne!(key_of(&word, seed), key_of(&format!("{word}x"), seed));
        prop_assert_ne!(key_of(&word, seed), key_of(&word, seed + 1));
    }

    #[test]
    fn scripts_without_spaces_give_overlapping_pairs(run in "[一-龥ぁ-んァ-ヺ]{1,12}") {
        let characters: Vec<char> = run.chars().collect();
        let expected: Vec<String> = if characters.len() == 1 {
            vec![run.clone()]
        } else {
            characters.windows(2).map(|pair| pair.iter().collect()).collect()
        };
        prop_assert_eq!(words(&run), expected.clone());
        // Whatever stands around them.
        let mut mixed = vec!["G7".to_owned()];
        mixed.extend(expected);
        mixed.extend(["été".to_owned(), "end".to_owned()]);
        let text = format!("G7{run}été。end");
        prop_assert_eq!(words(&text), mixed);
    }
}

/// Model files hold keys: these were computed from the description, not by the program.
#[test]
fn keys_never_change() {
    let cases = [
        ("a", 0, 0x0100000000000061),
        ("UN", 0, 0x0200000000006e75),
        ("oil", 0, 0x03000000006c696f),
        ("Gas", 2, 0xbcd6ea54cae64bcd),
        ("rates", 0, 0x0500007365746172),
        ("Energy", 0, 0x0600796772656e65),
        ("économ", 0, 0x076d6f6e6f63a9c3),
        ("tariffs", 0, 0x0773666669726174),
        ("Refinery", 0, 0xffbec5d7e1365be3),
        ("electricity", 0, 0xffe8df2b79bb2597),
        ("macroeconomics", 0, 0xff90e1b41125c4a2),
        ("intercontinental", 0, 0xff8a90a72b73462b),
        ("counterrevolutionaries", 1, 0xb9ccb7b3240440fe),
    ];
    for (word, space, key) in cases {
        assert_eq!(key_of(word, space).0, key, "{word} in {space}");
    }
}

#[test]
fn words_that_are_easily_torn() {
    let cases: [(&str, &[&str]); 14] = [
        ("don't stop", &["don't", "stop"]),
        ("don’t stop", &["don’t", "stop"]),
        ("U.S.A. U.N.", &["U.S.A", "U.N"]),
        ("3.5% of 1,234,567.", &["3.5", "of", "1,234,567"]),
        ("e.g., state-of-the-art", &["e.g", "state", "of", "the", "art"]),
        ("snake_case __init__ ___", &["snake_case", "__init__"]),
        ("a@example.com http://x.org", &["a", "example.com", "http", "x.org"]),
        ("naïve café", &["naïve", "café"]),
        ("cafe\u{301}s", &["cafe\u{301}s"]),
        ("Der Öl-Preis", &["Der", "Öl", "Preis"]),
        ("الطَّاقَة، النفط", &["الطَّاقَة", "النفط"]),
        ("צה\"ל אמר: \"כן\"", &["צה\"ל", "אמר", "כן"]),
        ("ราคา", &["รา", "าค", "คา"]),
        ("石油の価格は3%上昇", &["石油", "油の", "の価", "価格", "格は", "3", "上昇"]),
    ];
    for (text, expected) in cases {
        assert_eq!(words(text), expected, "{text}");
    }
    assert!(words("").is_empty() && words(" \t\n!?—…").is_empty());
}
