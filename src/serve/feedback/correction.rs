//! A correction: an article, the topics that a model gave it, and those that a person gave it instead.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Article, Topic};

/// A topic as a model gave it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = GivenTopic)]
pub struct Given {
    /// The topic.
    #[schema(value_type = String)]
    pub topic: Topic,
    /// How likely the model said it was.
    pub probability: f32,
}

/// A correction that has yet to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCorrection {
    /// The article, with the id, title, text and language that it was classified by.
    pub article: Article,
    /// The topics that it has, says the person.
    pub topics: Vec<Topic>,
    /// The topics that the model gave it.
    pub before: Vec<Given>,
    /// The model's name.
    pub model: String,
    /// The model's version.
    pub version: String,
}

/// A correction as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Correction {
    /// Its number: later ones have higher ones, and none is given twice.
    pub id: i64,
    /// When it was taken in (RFC 3339, UTC).
    pub time: String,
    /// The model that gave the topics before.
    pub model: String,
    /// That model's version.
    pub version: String,
    /// The article's id.
    pub article: String,
    /// The headline.
    pub title: String,
    /// The text.
    pub text: String,
    /// The language, where it was stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The topics that the model gave.
    pub before: Vec<Given>,
    /// The topics that the person gave.
    #[schema(value_type = Vec<String>)]
    pub topics: Vec<Topic>,
}

/// The most topics of a correction.
const MAX_TOPICS: usize = 100;

/// The longest name of a topic, in bytes.
const MAX_NAME: usize = 200;

/// The topics named `names`, each once and in order.
///
/// # Errors
///
/// There are too many, or one is blank, too long, or holds what no name holds; says which and the mend.
pub(in crate::serve) fn check_topics(names: &[String]) -> Result<Vec<Topic>, String> {
    if names.len() > MAX_TOPICS {
        return Err(format!("topics: there are {}, and an article has {MAX_TOPICS} at most", names.len()));
    }
    let mut topics: Vec<Topic> = Vec::new();
    for name in names {
        let name = name.trim();
        if name.is_empty() {
            return Err("topics: one is blank: name it, or leave it out".to_owned());
        }
        if name.len() > MAX_NAME {
            return Err(format!("topics: a name has {MAX_NAME} bytes at most"));
        }
        // Corpora write several topics of an article with bars between them.
        if let Some(wrong) = name.chars().find(|&c| c.is_control() || c == '|') {
            return Err(format!("topics: a name holds no {wrong:?}"));
        }
        if topics.iter().all(|topic| topic.as_str() != name) {
            topics.push(Topic::from(name));
        }
    }
    Ok(topics)
}

impl Correction {
    /// The article, labelled as the person labelled it.
    pub fn into_article(self) -> Article {
        let article = Article::new(self.article, self.title, self.text);
        Article { language: self.language, topics: Some(self.topics), ..article }
    }
}
