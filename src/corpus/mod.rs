//! Labelled articles in and out: one file per format, and splitting.
//!
//! Data takes one road through this room. A path becomes inputs ([`Format`] is told from name and
//! content), an input becomes blocks of whole records ([`Batches`], which only reads and cuts), a block
//! becomes articles ([`Batch::parse`], which any thread may run), and the articles come together in input
//! order ([`in_order`]). [`Corpus::read_all`] takes that road to the end; a program that must not hold all
//! articles at once stops at the batches.
//!
//! ```
//! use topicwire::corpus::Corpus;
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("news.jsonl");
//! std::fs::write(&path, r#"{"title": "Talks on the dam", "text": "Envoys met.", "topics": ["water"]}"#)?;
//! let corpus = Corpus::read(&path)?;
//! assert_eq!(corpus.topics()[0].0.as_str(), "water");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod archive;
mod articles;
mod batch;
mod batches;
mod blocks;
mod document;
mod encoding;
mod fasttext;
mod filter;
mod folder;
mod format;
mod html;
mod in_order;
mod inputs;
mod jsonl;
mod labelling;
mod mail;
mod minhash;
mod options;
mod record;
mod reencoded;
mod repeats;
mod reuters21578;
mod shingles;
mod similar;
mod source;
mod split;
mod stats;
mod stratify;
mod table;
mod taxonomy;
mod tree;
mod write;

pub use articles::{Corpus, ReadSoFar, Reading};
pub use batch::Batch;
pub use batches::Batches;
pub use encoding::Encoding;
pub use filter::{Filter, topic_list};
pub use format::Format;
#[cfg(feature = "serve")]
pub(crate) use html::title_and_text;
pub use in_order::in_order;
pub use labelling::write_for_labelling;
pub use options::{Headers, OnError, ReadOptions, Unlabelled};
pub use reencoded::{Reencoded, Reencodings};
pub use repeats::{Phrase, RepeatSettings, Repeats, SimilarPair};
pub(crate) use shingles::each_word_hash;
pub(crate) use similar::groups;
pub use similar::{Alike, similar_pairs};
pub use split::{folds, grouped_folds, train_test};
pub use stats::{LengthStats, Stats};
pub(crate) use stats::{duplicate_groups, language};
pub use taxonomy::{Taxonomy, TopicInfo};
