//! topicwire learns topics from labelled articles and puts them on new ones.

pub mod article;
pub mod corpus;
pub mod decide;
pub mod error;
pub mod evaluate;
pub mod features;
pub mod learn;
pub mod metrics;
pub mod model;
mod save;
pub mod text;
pub mod train;

pub use article::{Article, Split, Task, TermId, Topic, TopicId};
pub use corpus::Corpus;
pub use error::{Error, Place, Result};
pub use model::TopicModel;
pub use train::Trainer;
