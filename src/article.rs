//! What is classified, and the identifiers that every room shares.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// One text with what is known about it.
///
/// `topics` tells three cases apart: `None` is "nobody has labelled this", `Some` of an empty list is
/// "labelled, and none of the topics fits", and anything else is the labels.
///
/// ```
/// use topicwire::{Article, Topic};
///
/// let article = Article::new("a-1", "Talks on the dam resume", "Envoys of three states met on Monday.")
///     .with_topics(["diplomacy", "water"]);
/// assert_eq!(article.topics, Some(vec![Topic::from("diplomacy"), Topic::from("water")]));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// What tells this article from the others in its corpus.
    pub id: String,
    /// The headline; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Everything below the headline.
    pub text: String,
    /// The language as an ISO 639-1 code (`en`), where the source states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The labels, each once, in the order in which the source has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topics: Option<Vec<Topic>>,
    /// The half of a published split to which the article belongs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<Split>,
}

impl Article {
    /// An article that nobody has labelled.
    pub fn new(id: impl Into<String>, title: impl Into<String>, text: impl Into<String>) -> Self {
        Article { id: id.into(), title: title.into(), text: text.into(), ..Article::default() }
    }

    /// The same article, labelled with `topics`.
    #[must_use]
    pub fn with_topics<T: Into<Topic>>(mut self, topics: impl IntoIterator<Item = T>) -> Self {
        self.topics = Some(topics.into_iter().map(Into::into).collect());
        self
    }

    /// The labels; an empty slice for an article that has none or was never labelled.
    pub fn labels(&self) -> &[Topic] {
        self.topics.as_deref().unwrap_or_default()
    }
}

/// A label of the user's own list. Cheap to clone; compares and sorts as its text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Topic(Arc<str>);

impl Topic {
    /// The topic's name as the corpus writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Topic {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Topic {
    fn from(name: &str) -> Self {
        Topic(name.into())
    }
}

impl From<String> for Topic {
    fn from(name: String) -> Self {
        Topic(name.into())
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A half of a published split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// What a model may learn from.
    Train,
    /// What is kept for reporting.
    Test,
}

impl FromStr for Split {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        match s {
            "train" => Ok(Split::Train),
            "test" => Ok(Split::Test),
            other => Err(format!("there is no split `{other}`: write `train` or `test`")),
        }
    }
}

/// How many topics an article has by the nature of the corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// Exactly one topic: probabilities sum to 1 and the likeliest is assigned.
    Single,
    /// Any number of topics, none included: each has its own probability and threshold.
    Multi,
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Task::Single => "single",
            Task::Multi => "multi",
        })
    }
}

/// The number of a term in a vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TermId(pub u32);

/// The number of a topic in a model's list of topics, which is sorted by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicId(pub u32);

impl TopicId {
    /// The number as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}
