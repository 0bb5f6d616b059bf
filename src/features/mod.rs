//! Terms to records: the vocabulary, the fields, TF-IDF and the sparse matrix.
//!
//! The stages, in the order of the data: [`Vocabulary::build`] reads articles into [`Documents`] (a number for
//! each token); [`Bags`] holds how often each article has each term; [`Columns`] gives every term a column in each
//! field that it occurs in; [`Counts`] holds how often each column occurs in each article; [`Weighting`] says what a
//! column is worth; and [`Counts::weigh`] makes the [`Records`] that a classifier learns from.

mod bags;
mod character_ngrams;
mod column_topics;
mod columns;
mod counts;
mod documents;
mod information;
mod ngrams;
mod opening_pairs;
mod records;
mod select;
mod short_articles;
mod spellings;
mod surfaces;
mod vocabulary;
mod weighting;

pub use bags::Bags;
pub use character_ngrams::CharacterNgrams;
pub(crate) use character_ngrams::{SHARE, each_ngram_key};
pub use column_topics::{ColumnTopics, TopicCounts};
pub use columns::{Columns, Field, FieldWeights, TermColumns};
pub(crate) use counts::field_scales;
pub use counts::{Counts, damped};
pub use documents::Documents;
pub use ngrams::MAX_NGRAM;
pub(crate) use ngrams::NGRAM_SHARE;
pub(crate) use ngrams::{Ends, advance};
pub use opening_pairs::PAIRED_TOKENS;
pub use records::Records;
pub use select::chi_square;
pub use short_articles::are_short;
pub use surfaces::{Bucket, SurfaceTable};
pub(crate) use vocabulary::TERM_SPACE;
pub use vocabulary::{Vocabulary, VocabularyLimits};
pub use weighting::Weighting;
