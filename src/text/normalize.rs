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
    let mut out = String::with_capacity(token.len());
    for c in token.nfkc().flat_map(char::to_lowercase).nfc() {
        match c {
            '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{0640}' => {}
            'أ' | 'إ' | 'آ' | 'ٱ' => out.push('ا'),
            'ى' => out.push('ي'),
            'ة' => out.push('ه'),
            '’' | 'ʼ' | '‘' => out.push('\''),
            c => out.push(c),
        }
    }
    out
}
