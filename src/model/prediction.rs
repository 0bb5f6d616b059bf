//! What a model says of an article.

use serde::Serialize;

use crate::Topic;

/// The topics of an article.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prediction {
    /// The assigned topics, likeliest first. None, where no word is known and the model may give none.
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

/// What is asked of a prediction beyond the model's own decision.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PredictOptions {
    /// Topics less likely than this are left out.
    pub min_probability: f32,
    /// An article gets no topic at all where its likeliest assigned topic is less likely than this, or where a smaller
    /// share of its words is known: rather none than a doubtful one.
    pub abstain_below: f32,
}

impl PredictOptions {
    pub(super) fn apply(&self, prediction: &mut Prediction) {
        prediction.topics.retain(|assigned| assigned.probability >= self.min_probability);
        let likeliest = prediction.topics.first().map_or(0.0, |assigned| assigned.probability);
        if likeliest.min(prediction.known) < self.abstain_below {
            prediction.topics.clear();
        }
    }
}
