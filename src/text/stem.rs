//! Words to stems by the Snowball algorithms.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Language;

/// The Snowball stemmer of a language, or none.
pub struct Stemmer(Option<rust_stemmers::Stemmer>);

impl Stemmer {
    /// The stemmer of `language`; one that changes nothing where Snowball has none.
    pub fn new(language: Language) -> Self {
        Stemmer(language.stemming().map(rust_stemmers::Stemmer::create))
    }

    /// The stem of `word`, which must be normalized. A word on which the algorithm fails stays as it is.
    ///
    /// ```
    /// use topicwire::text::{Language, Stemmer};
    ///
    /// let english = Stemmer::new(Language::ENGLISH);
    /// assert_eq!(english.stem("refineries"), english.stem("refinery"));
    /// ```
    pub fn stem(&self, word: &str) -> String {
        let Some(stemmer) = &self.0 else { return word.to_owned() };
        // The crate is no longer kept and panics on some Greek words. It holds no state that a panic could harm.
        catch_unwind(AssertUnwindSafe(|| stemmer.stem(word).into_owned()))
            .ok()
            .filter(|stem| !stem.is_empty())
            .unwrap_or_else(|| word.to_owned())
    }
}

impl fmt::Debug for Stemmer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Stemmer(snowball)" } else { "Stemmer(none)" })
    }
}
