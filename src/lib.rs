//! topicwire learns topics from labelled articles and puts them on new ones.
//!
//! ```
//! use topicwire::{Article, Corpus, TopicModel};
//!
//! let corpus = Corpus::from(vec![
//!     Article::new("1", "Oil rises", "Crude oil rose as OPEC cut its output.").with_topics(["energy"]),
//!     Article::new("2", "Gas line", "A pipeline will carry gas and oil.").with_topics(["energy", "trade"]),
//!     Article::new("3", "Cup final", "The home side won the cup final.").with_topics(["sport"]),
//!     Article::new("4", "Coach goes", "The coach of the side leaves.").with_topics(["sport"]),
//! ]);
//! let model = TopicModel::train(&corpus)?;
//! let prediction = model.predict(&Article::new("5", "Oil output", "OPEC cut the output of crude oil."));
//! assert_eq!(prediction.topics[0].topic.as_str(), "energy");
//! # Ok::<(), topicwire::Error>(())
//! ```
//!
//! [`Corpus`] reads labelled articles, [`Trainer`] learns from them with settings of your own, [`TopicModel`] saves,
//! loads and predicts. The stages are open too: [`text`], [`features`], [`learn`] (classifiers with linfa's traits) and
//! [`decide`]. `ARCHITECTURE.md` in the repository walks through them in the order of the data.
//!
//! The program is behind the feature `cli`, the HTTP service behind the feature `serve`, pages with charts behind the feature
//! `report`; all are on by default.

#![warn(clippy::unwrap_used)]

pub mod article;
pub mod audit;
pub mod corpus;
pub mod decide;
pub mod error;
pub mod evaluate;
pub mod features;
pub mod learn;
mod memory;
pub mod metrics;
pub mod model;
mod nearest;
#[cfg(feature = "report")]
pub mod report;
mod save;
#[cfg(feature = "serve")]
pub mod serve;
pub mod text;
pub mod train;
mod wide;

pub use article::{Article, Split, Task, TermId, Topic, TopicId};
pub use corpus::{Corpus, Taxonomy};
pub use error::{Error, Place, Result};
pub use model::TopicModel;
pub use train::Trainer;
