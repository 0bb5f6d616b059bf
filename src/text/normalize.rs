//! One form for letters that are the same to a reader.

use unicode_normalization::UnicodeNormalization;

/// `token` in compatibility form (NFKC) and lower case, with Arabic letters folded.
///
/// Arabic loses what writers put or leave at will: vowel signs and tatweel go, the forms of alef become bare
/// alef, alef maksura becomes yeh and teh marbuta heh. Typographic apostrophes become `'`, so that stemmers see
/// the English possessive.
///
/// ```
/// use topicwire::text::normalize;
///
/// assert_eq!(normalize("ENERGY’S"), "energy's");
/// assert_eq!(normalize("ﬁnance"), "finance");
/// assert_eq!(normalize("الطَّاقَــة"), normalize("الطاقة"));
/// ```
pub fn normalize(token: &str) -> String {
    if token.is_ascii() {
        return token.to_ascii_lowercase();
    }
    // Marks are put in order last, when those that go are gone.
    token.nfkc().flat_map(char::to_lowercase).filter_map(folded).nfc().collect()
}

/// The letter that stands for `letter`, if any does.
fn folded(letter: char) -> Option<char> {
    match letter {
        '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{0640}' => None,
        'أ' | 'إ' | 'آ' | 'ٱ' => Some('ا'),
        'ى' => Some('ي'),
        'ة' => Some('ه'),
        '’' | 'ʼ' | '‘' => Some('\''),
        letter => Some(letter),
    }
}
