//! topicwire learns topics from labelled articles and puts them on new ones.

pub mod article;
pub mod corpus;
pub mod error;
pub mod metrics;
pub mod text;

pub use article::{Article, Split, Task, TermId, Topic, TopicId};
pub use error::{Error, Place, Result};
