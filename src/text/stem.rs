//! Words to stems by the Snowball algorithms.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Language;

thread_local! {
    static STEMMING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is inside a Snowball algorithm, where a panic is caught and does no harm: a panic hook can stay
/// silent about it.
///
/// ```
/// let usual = std::panic::take_hook();
/// std::panic::set_hook(Box::new(move |panic| {
///     if !topicwire::text::is_stemming() {
///         usual(panic);
///     }
/// }));
/// ```
pub fn is_stemming() -> bool {
    STEMMING.get()
}

/// The Snowball stemmer of a language, or none.
pub struct Stemmer {
    algorithm: Option<rust_stemmers::Stemmer>,
    english: bool,
}

/// Whether the English algorithm may change `word`: whether it ends as something ends that it takes off words or knows by heart.
/// Going through its suffixes takes long, and many of the words that no training article has end otherwise: numbers with letters,
/// abbreviations, names.
fn may_have_english_suffix(word: &str) -> bool {
    match word.as_bytes() {
        [b'\'', ..] => true,
        // -s, -ly, -ity, -ive, -able, …
        [.., b's' | b'y' | b'e' | b'\''] => true,
        // -ed, -ing, -al and -ful, final -ll, -ic, -er and -ator, -ant and -ent, -ism, -ion; those of step 2 after -y became -i.
        [.., b'e', b'd'] | [.., b'n', b'g'] | [.., b'a' | b'u' | b'l', b'l'] | [.., b'i', b'c'] => true,
        [.., b'e' | b'o', b'r'] | [.., b'n', b't'] | [.., b's', b'm'] | [.., b'o', b'n'] => true,
        [.., b'c' | b'g' | b'l' | b't', b'i'] => true,
        _ => false,
    }
}

impl Stemmer {
    /// The stemmer of `language`; one that changes nothing where Snowball has none.
    pub fn new(language: Language) -> Self {
        Stemmer {
            algorithm: language.stemming().map(rust_stemmers::Stemmer::create),
            english: language == Language::ENGLISH,
        }
    }

    /// The stem of `word`, which must be normalized. A word on which the algorithm fails stays as it is.
    ///
    /// ```
    /// use topicwire::text::{Language, Stemmer};
    ///
    /// let english = Stemmer::new(Language::ENGLISH);
    /// assert_eq!(english.stem("refineries"), english.stem("refinery"));
    /// ```
    pub fn stem<'a>(&self, word: &'a str) -> Cow<'a, str> {
        let Some(stemmer) = &self.algorithm else { return word.into() };
        if self.english && !may_have_english_suffix(word) {
            return word.into();
        }
        // The crate is no longer kept and panics on some Greek words. It holds no state that a panic could harm.
        STEMMING.set(true);
        let stem = catch_unwind(AssertUnwindSafe(|| stemmer.stem(word)));
        STEMMING.set(false);
        stem.ok().filter(|stem| !stem.is_empty()).unwrap_or_else(|| word.into())
    }
}

impl fmt::Debug for Stemmer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.algorithm.is_some() { "Stemmer(snowball)" } else { "Stemmer(none)" })
    }
}
