//! Languages: their codes, how to tell them apart, and which have a stemmer.

use std::fmt;
use std::str::FromStr;

use rust_stemmers::Algorithm;
use serde::{Deserialize, Serialize};
use whatlang::Lang;

/// A language, or [`Language::UNKNOWN`]. Written as its ISO 639-1 code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(u8);

/// Code, English name, what the detector calls it, stemmer. The order may change: files hold codes.
const LANGUAGES: &[(&str, &str, Lang, Option<Algorithm>)] = &[
    ("en", "English", Lang::Eng, Some(Algorithm::English)),
    ("ar", "Arabic", Lang::Ara, Some(Algorithm::Arabic)),
    ("zh", "Chinese", Lang::Cmn, None),
    ("es", "Spanish", Lang::Spa, Some(Algorithm::Spanish)),
    ("fr", "French", Lang::Fra, Some(Algorithm::French)),
    ("de", "German", Lang::Deu, Some(Algorithm::German)),
    ("ru", "Russian", Lang::Rus, Some(Algorithm::Russian)),
    ("pt", "Portuguese", Lang::Por, Some(Algorithm::Portuguese)),
    ("it", "Italian", Lang::Ita, Some(Algorithm::Italian)),
    ("nl", "Dutch", Lang::Nld, Some(Algorithm::Dutch)),
    ("da", "Danish", Lang::Dan, Some(Algorithm::Danish)),
    ("sv", "Swedish", Lang::Swe, Some(Algorithm::Swedish)),
    ("no", "Norwegian", Lang::Nob, Some(Algorithm::Norwegian)),
    ("fi", "Finnish", Lang::Fin, Some(Algorithm::Finnish)),
    ("hu", "Hungarian", Lang::Hun, Some(Algorithm::Hungarian)),
    ("ro", "Romanian", Lang::Ron, Some(Algorithm::Romanian)),
    ("el", "Greek", Lang::Ell, Some(Algorithm::Greek)),
    ("tr", "Turkish", Lang::Tur, Some(Algorithm::Turkish)),
    ("ta", "Tamil", Lang::Tam, Some(Algorithm::Tamil)),
    ("uk", "Ukrainian", Lang::Ukr, None),
    ("pl", "Polish", Lang::Pol, None),
    ("cs", "Czech", Lang::Ces, None),
    ("sk", "Slovak", Lang::Slk, None),
    ("sl", "Slovene", Lang::Slv, None),
    ("hr", "Croatian", Lang::Hrv, None),
    ("sr", "Serbian", Lang::Srp, None),
    ("bg", "Bulgarian", Lang::Bul, None),
    ("mk", "Macedonian", Lang::Mkd, None),
    ("lt", "Lithuanian", Lang::Lit, None),
    ("lv", "Latvian", Lang::Lav, None),
    ("et", "Estonian", Lang::Est, None),
    ("he", "Hebrew", Lang::Heb, None),
    ("fa", "Persian", Lang::Pes, None),
    ("ur", "Urdu", Lang::Urd, None),
    ("hi", "Hindi", Lang::Hin, None),
    ("bn", "Bengali", Lang::Ben, None),
    ("pa", "Punjabi", Lang::Pan, None),
    ("gu", "Gujarati", Lang::Guj, None),
    ("mr", "Marathi", Lang::Mar, None),
    ("te", "Telugu", Lang::Tel, None),
    ("kn", "Kannada", Lang::Kan, None),
    ("ml", "Malayalam", Lang::Mal, None),
    ("or", "Odia", Lang::Ori, None),
    ("si", "Sinhala", Lang::Sin, None),
    ("ne", "Nepali", Lang::Nep, None),
    ("th", "Thai", Lang::Tha, None),
    ("km", "Khmer", Lang::Khm, None),
    ("my", "Burmese", Lang::Mya, None),
    ("vi", "Vietnamese", Lang::Vie, None),
    ("id", "Indonesian", Lang::Ind, None),
    ("jv", "Javanese", Lang::Jav, None),
    ("tl", "Tagalog", Lang::Tgl, None),
    ("ja", "Japanese", Lang::Jpn, None),
    ("ko", "Korean", Lang::Kor, None),
    ("ka", "Georgian", Lang::Kat, None),
    ("hy", "Armenian", Lang::Hye, None),
    ("az", "Azerbaijani", Lang::Aze, None),
    ("uz", "Uzbek", Lang::Uzb, None),
    ("tk", "Turkmen", Lang::Tuk, None),
    ("am", "Amharic", Lang::Amh, None),
    ("ak", "Akan", Lang::Aka, None),
    ("sn", "Shona", Lang::Sna, None),
    ("zu", "Zulu", Lang::Zul, None),
    ("af", "Afrikaans", Lang::Afr, None),
    ("ca", "Catalan", Lang::Cat, None),
    ("eo", "Esperanto", Lang::Epo, None),
    ("la", "Latin", Lang::Lat, None),
    ("yi", "Yiddish", Lang::Yid, None),
    ("be", "Belarusian", Lang::Bel, None),
];

/// How much of a text is read to tell its language: the figure beyond which more text changes no answer on news,
/// while detection on whole articles costs more than classifying them.
const DETECTION_PREFIX: usize = 1_000;

impl Language {
    /// English.
    pub const ENGLISH: Language = Language(0);
    /// A language that is not in the list or that cannot be told: words are not stemmed.
    pub const UNKNOWN: Language = Language(u8::MAX);

    /// The language in which `text` seems to be written, from its first thousand characters;
    /// [`Language::UNKNOWN`] where they do not tell.
    ///
    /// ```
    /// use topicwire::text::Language;
    ///
    /// let text = "Der Bundestag hat am Donnerstag ein Gesetz über die Stromnetze beschlossen.";
    /// assert_eq!(Language::detect(text).code(), "de");
    /// ```
    pub fn detect(text: &str) -> Language {
        let end = text.char_indices().nth(DETECTION_PREFIX).map_or(text.len(), |(at, _)| at);
        let Some(found) = whatlang::detect(&text[..end]) else { return Language::UNKNOWN };
        if found.confidence() < 0.5 {
            return Language::UNKNOWN;
        }
        let row = LANGUAGES.iter().position(|row| row.2 == found.lang());
        row.map_or(Language::UNKNOWN, |row| Language(row as u8))
    }

    /// The languages that `codes` name; none for `auto`, which leaves them to be found.
    ///
    /// # Errors
    /// A code is not known, or `auto` does not stand alone.
    ///
    /// ```
    /// use topicwire::text::Language;
    ///
    /// assert_eq!(Language::list(["en", "ar"]).unwrap().len(), 2);
    /// assert_eq!(Language::list(["auto"]), Ok(vec![]));
    /// assert!(Language::list(["auto", "en"]).is_err());
    /// ```
    pub fn list<'c>(codes: impl IntoIterator<Item = &'c str>) -> Result<Vec<Language>, String> {
        let codes: Vec<&str> = codes.into_iter().map(str::trim).collect();
        match codes[..] {
            ["auto"] => Ok(Vec::new()),
            _ if codes.contains(&"auto") => {
                Err("`auto` stands alone: write it, or the codes of the languages".to_owned())
            }
            _ => codes.into_iter().map(str::parse).collect(),
        }
    }

    /// The ISO 639-1 code; `und` for [`Language::UNKNOWN`].
    pub fn code(self) -> &'static str {
        self.row().map_or("und", |row| row.0)
    }

    /// The English name.
    pub fn name(self) -> &'static str {
        self.row().map_or("unknown language", |row| row.1)
    }

    /// Whether words of this language are stemmed.
    pub fn has_stemmer(self) -> bool {
        self.stemming().is_some()
    }

    pub(super) fn stemming(self) -> Option<Algorithm> {
        self.row().and_then(|row| row.3)
    }

    fn row(self) -> Option<&'static (&'static str, &'static str, Lang, Option<Algorithm>)> {
        LANGUAGES.get(usize::from(self.0))
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(code: &str) -> Result<Self, String> {
        let base = code.split(['-', '_']).next().unwrap_or(code).to_ascii_lowercase();
        if base == "und" {
            return Ok(Language::UNKNOWN);
        }
        match LANGUAGES.iter().position(|row| row.0 == base) {
            Some(row) => Ok(Language(row as u8)),
            None => {
                Err(format!("`{code}` is no language code known here: write one such as en, ar, zh or und"))
            }
        }
    }
}

impl TryFrom<String> for Language {
    type Error = String;

    fn try_from(code: String) -> Result<Self, String> {
        code.parse()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> String {
        language.code().to_owned()
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Language({})", self.code())
    }
}
