//! String to tokens to terms.
//!
//! A **token** is a word as it is written, or a symbol between words; a **term** is what counts as one feature, after folding and
//! stemming. [`tokenize()`] walks the words of a text, [`Analyzer`] turns each into its term, and [`Language`]
//! says which stemmer does that.

mod analyzer;
mod language;
mod normalize;
mod runs;
mod stem;
mod surface;
mod symbols;
mod tokenize;

pub use analyzer::{Analyzer, Numbers, TermMaker};
pub use language::Language;
pub use normalize::normalize;
pub use stem::{Stemmer, is_stemming};
pub(crate) use surface::fold;
pub use surface::{Surface, key_of};
pub(crate) use symbols::is_symbol;
pub use tokenize::{Token, tokenize};
