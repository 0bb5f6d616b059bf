//! Every stemmer takes every word, and spellings that are one word to a reader become one term.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use proptest::prelude::*;
use proptest::string::string_regex;
use rust_stemmers::Algorithm;
use topicwire::text::{Analyzer, Language, Numbers, Stemmer, is_stemming, normalize};

/// The languages of Snowball, with the letters of their words.
const STEMMED: [(&str, &str); 18] = [
    ("ar", "[\u{0621}-\u{064A}]{1,14}"),
    ("da", "[a-zæøå]{1,14}"),
    ("de", "[a-zäöüß]{1,14}"),
    ("el", "[α-ωάέήίόύώϊϋΐΰς]{1,14}"),
    ("en", "[a-z']{1,14}"),
    ("es", "[a-záéíóúüñ]{1,14}"),
    ("fi", "[a-zäöå]{1,14}"),
    ("fr", "[a-zàâçéèêëîïôùûüœ'’]{1,14}"),
    ("hu", "[a-záéíóöőúüű]{1,14}"),
    ("it", "[a-zàèéìíòóùú']{1,14}"),
    ("nl", "[a-zäëïöüáéíóúè]{1,14}"),
    ("no", "[a-zæøå]{1,14}"),
    ("pt", "[a-záâãàçéêíóôõúü]{1,14}"),
    ("ro", "[a-zăâîşţșț]{1,14}"),
    ("ru", "[а-яё]{1,14}"),
    ("sv", "[a-zäöå]{1,14}"),
    ("ta", "[\u{0B83}-\u{0BCD}]{1,14}"),
    ("tr", "[a-zçğıöşü]{1,14}"),
];

fn language(code: &str) -> Language {
    code.parse().unwrap()
}

fn term(code: &str, token: &str) -> Option<String> {
    let analyzer = Analyzer { languages: vec![language(code)], ..Analyzer::default() };
    analyzer.for_language(language(code)).term(token)
}

/// A word of one of the languages, with the language; among them words put together from endings, which reach more of
/// a stemmer than random letters do.
fn words() -> impl Strategy<Value = (&'static str, String)> {
    let endings = "(ing|ed|ly|ness|ization|s|'s|lich|keit|ung|en|em|er|ment|euse|amos|ation|ique|ista|\
                   ость|ение|ами|ого|ться|ισμο|ουσα|ματα|ικοσ|ιζε|ηκα|lar|lık|miş|ban|kkal|ssa|lla)";
    let of_language = prop::sample::select(&STEMMED[..])
        .prop_flat_map(|(code, letters)| (Just(code), string_regex(letters).unwrap()));
    let with_ending = prop::sample::select(&STEMMED[..]).prop_flat_map(move |(code, letters)| {
        let regex = format!("{}{endings}{{1,3}}", letters.replace("{1,14}", "{0,5}"));
        (Just(code), string_regex(&regex).unwrap())
    });
    let of_anything =
        (prop::sample::select(&STEMMED[..]), any::<String>()).prop_map(|(row, any)| (row.0, any));
    prop_oneof![3 => of_language, 3 => with_ending, 1 => of_anything]
}

/// Marks stand in one order, whatever stood between them.
#[test]
fn a_vowel_sign_between_marks_leaves_no_trace() {
    let once = normalize("\u{384}\u{fe71}\u{10efd}");
    assert_eq!(normalize(&once), once);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_word_is_too_much_for_a_stemmer((code, word) in words()) {
        let word = normalize(&word);
        let stem = Stemmer::new(language(code)).stem(&word);
        // A stem is a word or nothing is.
        prop_assert_eq!(stem.is_empty(), word.is_empty());
        // Of letters that it writes as two (ß, œ) it may make more, but never much more.
        prop_assert!(stem.chars().count() <= 2 * word.chars().count() + 1, "{}: {} -> {}", code, word, stem);
    }

    /// Where the end of a word tells that the algorithm would leave it alone, it is not asked.
    #[test]
    fn english_stems_are_those_of_snowball(
        word in prop_oneof!["[a-z0-9_.'é]{1,12}", "'?[a-zé]{0,8}[a-z'][a-z0-9_.é]", "[a-z]{1,6}(ing|ied|eed|ly|ness|s|'s|ful|able|ator|izer|ism|ist|ant|ement|ion|al|ll|ic|li|logi|iti|enci|ance)"],
    ) {
        let snowball = rust_stemmers::Stemmer::create(Algorithm::English);
        let expected = Some(snowball.stem(&word).into_owned()).filter(|stem| !stem.is_empty());
        prop_assert_eq!(Stemmer::new(Language::ENGLISH).stem(&word), expected.as_deref().unwrap_or(&word));
    }

    #[test]
    fn normalizing_twice_changes_nothing(word in "[\\p{Latin}\\p{Cyrillic}\\p{Greek}\\p{Arabic}\\p{Hebrew}0-9'’]{0,12}") {
        let once = normalize(&word);
        prop_assert_eq!(normalize(&once), once.clone());
    }

    #[test]
    fn normalizing_settles_on_any_text(text in any::<String>()) {
        // Lower case of a few letters decomposes again only in combination.
        let twice = normalize(&normalize(&text));
        prop_assert_eq!(normalize(&twice), twice);
    }

    #[test]
    fn case_makes_no_difference(word in "[a-zäöüéñа-яё]{2,12}") {
        prop_assert_eq!(normalize(&word.to_uppercase()), normalize(&word.to_uppercase().to_lowercase()));
    }

    #[test]
    fn vowel_signs_make_no_difference_in_arabic(
        letters in prop::collection::vec("[ابتثجحخدذرزسشصضطظعغفقكلمنهوي]", 2..9),
        marks in prop::collection::vec("[\u{064B}-\u{0652}\u{0640}\u{0670}]?", 9),
    ) {
        let bare = letters.concat();
        let marked: String = letters.iter().zip(&marks).map(|(letter, mark)| format!("{letter}{mark}")).collect();
        prop_assert_eq!(normalize(&marked), normalize(&bare));
        prop_assert_eq!(term("ar", &marked), term("ar", &bare));
    }
}

#[test]
fn all_of_snowballs_languages_have_a_stemmer() {
    for (code, _) in STEMMED {
        assert!(language(code).has_stemmer(), "{code}");
    }
    for code in ["zh", "pl"] {
        assert!(!language(code).has_stemmer(), "{code}");
    }
    assert!(!Language::UNKNOWN.has_stemmer());
    assert_eq!(Stemmer::new(language("pl")).stem("elektrownie"), "elektrownie");
    assert_eq!(Stemmer::new(Language::UNKNOWN).stem("refineries"), "refineries");
}

#[test]
fn a_word_that_a_stemmer_fails_on_stays_as_it_is() {
    for word in ["ισαισαν", "ισαισατε"] {
        assert_eq!(term("el", word).as_deref(), Some(word));
    }
    assert_eq!(Stemmer::new(language("el")).stem("τραπεζες"), "τραπεζ", "and the next one is stemmed");
    assert!(!is_stemming());
}

#[test]
fn words_of_one_family_become_one_term() {
    for (code, one, other) in [
        ("en", "Refineries", "refinery"),
        ("en", "government’s", "governments"),
        ("de", "Stromnetze", "Stromnetzes"),
        ("fr", "négociations", "négociation"),
        ("es", "elecciones", "elección"),
        ("ru", "переговоры", "переговоров"),
        ("ar", "الطَّاقَــة", "الطاقة"),
        ("ar", "إسرائيل", "اسرائيل"),
        ("ar", "أُوبِك", "اوبك"),
        ("ar", "مستشفى", "مستشفي"),
        ("tr", "anlaşmalar", "anlaşma"),
    ] {
        assert_eq!(term(code, one), term(code, other), "{code}: {one}, {other}");
    }
    for (code, one, other) in [("en", "oil", "oils'well"), ("ar", "نفط", "غاز"), ("ru", "мир", "война")]
    {
        assert_ne!(term(code, one), term(code, other), "{code}: {one}, {other}");
    }
}

#[test]
fn numbers_become_what_was_asked_for() {
    let with = |numbers| Analyzer { numbers, ..Analyzer::default() }.for_language(Language::ENGLISH);
    assert_eq!(with(Numbers::Keep).term("1987").as_deref(), Some("1987"));
    assert_eq!(with(Numbers::Shape).term("1,987.5").as_deref(), Some("0,000.0"));
    assert_eq!(with(Numbers::Drop).term("1987"), None);
    assert_eq!(with(Numbers::Drop).term("G20").as_deref(), Some("g20"));
    assert_eq!(with(Numbers::Keep).term("7"), None, "a digit on its own is no term");
    assert_eq!(with(Numbers::Keep).term("a"), None, "nor is a letter");
    assert_eq!(with(Numbers::Keep).term("水").as_deref(), Some("水"));
}
