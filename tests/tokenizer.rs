//! Words are those of Unicode's rules, whichever way they are found.

use proptest::prelude::*;
use topicwire::text::{Analyzer, Language, Stemmer, key_of, normalize, tokenize};
use unicode_segmentation::UnicodeSegmentation;

fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    tokenize(text, |token| {
        assert_eq!(&text[token.start..token.start + token.text.len()], token.text);
        words.push(token.text);
    });
    words
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn ascii_is_cut_as_by_the_general_rules(text in "[ -~\n\t]{0,60}") {
        prop_assert_eq!(words(&text), text.unicode_words().collect::<Vec<_>>());
    }

    #[test]
    fn dense_punctuation_is_cut_as_by_the_general_rules(text in "[a1_.:,;' -]{0,24}") {
        prop_assert_eq!(words(&text), text.unicode_words().collect::<Vec<_>>());
    }

    #[test]
    fn other_alphabets_are_cut_as_by_the_general_rules(text in "[a-zé-žа-яα-ωا-ي0-9 .,:;'’-]{0,40}") {
        prop_assert_eq!(words(&text), text.unicode_words().collect::<Vec<_>>());
    }

    #[test]
    fn any_text_is_cut_without_panic(text in any::<String>()) {
        words(&text);
    }

    #[test]
    fn a_key_ignores_the_case_of_ascii_alone(word in "[a-zA-Z0-9é]{1,20}", seed in 0_u64..3) {
        prop_assert_eq!(key_of(&word, seed), key_of(&word.to_ascii_uppercase(), seed));
        prop_assert_ne!(key_of(&word, seed), key_of(&format!("{word}x"), seed));
        prop_assert_ne!(key_of(&word, seed), key_of(&word, seed + 1));
    }

    #[test]
    fn normalizing_twice_changes_nothing(word in any::<String>()) {
        // Lower case of a few letters decomposes again only in combination; compatibility forms settle at once.
        let once = normalize(&word);
        prop_assert_eq!(normalize(&normalize(&once)), normalize(&once));
    }

    #[test]
    fn no_stemmer_panics(
        language in prop::sample::select(vec![
            "ar", "da", "nl", "en", "fi", "fr", "de", "el", "hu", "it", "no", "pt", "ro", "ru", "es", "sv", "ta", "tr",
        ]),
        word in "[a-zà-ÿāăąćčďđēěğīłńňőřśšťůűźžα-ωάέήίόύώϊϋΐΰςا-يа-яёஅ-ஹஂாிீுூெேைொோௌ்']{1,18}",
    ) {
        let language: Language = language.parse().unwrap();
        prop_assert!(language.has_stemmer());
        prop_assert!(!Stemmer::new(language).stem(&normalize(&word)).is_empty());
    }
}

#[test]
fn scripts_without_spaces_become_overlapping_pairs() {
    assert_eq!(words("東京都の水"), ["東京", "京都", "都の", "の水"]);
    assert_eq!(words("水 dam"), ["水", "dam"]);
    assert_eq!(words("ไฟฟ้า").len(), 4);
}

#[test]
fn numbers_and_single_letters_are_handled_as_documented() {
    let english = Analyzer::default().for_language(Language::ENGLISH);
    assert_eq!(english.term("1987"), english.term("1993"));
    assert_eq!(english.term("12.5").as_deref(), Some("00.0"));
    assert_eq!(english.term("a"), None);
    assert_eq!(english.term("7"), None);
    assert_eq!(english.term("水").as_deref(), Some("水"));
}

#[test]
fn arabic_spellings_meet_before_stemming() {
    let arabic = Analyzer { languages: vec!["ar".parse().unwrap()], ..Analyzer::default() };
    let arabic = arabic.for_language("ar".parse().unwrap());
    assert_eq!(arabic.term("الطَّاقَة"), arabic.term("الطاقه"));
    assert_eq!(arabic.term("أحمد"), arabic.term("احمد"));
    assert_eq!(arabic.term("الكـــتاب"), arabic.term("الكتاب"));
}

#[test]
fn a_language_without_a_stemmer_goes_unstemmed() {
    let polish: Language = "pl".parse().unwrap();
    assert!(!polish.has_stemmer());
    assert_eq!(Stemmer::new(polish).stem("elektrownie"), "elektrownie");
}
