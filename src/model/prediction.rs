//! What a model says of an article.

use serde::Serialize;

use crate::Topic;

/// The topics of an article.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prediction {
    /// The assigned topics, likeliest first.
    pub topics: Vec<Assigned>,
    /// The probability of every topic of the model, in the order of its topics.
    pub probabilities: Vec<f32>,
    /// Which share of the article's words the model knows, from 0 to 1; 0 for an article without words.
    pub known: f32,
    /// The number of the article's language among the model's languages.
    #[serde(skip)]
    pub language: usize,
}

/// A topic that an article was given.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Assigned {
    /// The topic.
    pub topic: Topic,
    /// How likely it is that the article has it.
    pub probability: f32,
}
