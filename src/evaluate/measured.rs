//! Labelled articles with what a model says of them, as numbers.

use std::collections::BTreeMap;

use crate::metrics::{Judged, Scored, Scores, TopicSets};
use crate::model::{Prediction, TopicModel};
use crate::{Article, Error, Result, Topic, TopicId};

/// Gold and given topics by number, and the probabilities.
pub(super) struct Measured {
    /// The model's topics, and behind them those of the articles that it does not know.
    pub names: Vec<Topic>,
    pub gold: TopicSets,
    pub given: TopicSets,
    /// Topics that the model does not know have no score, which counts as a probability of 0.
    pub scores: Scores,
    pub predictions: Vec<Prediction>,
    /// Topics that the model does not know, with how many articles have them.
    pub unknown_topics: BTreeMap<Topic, usize>,
}

impl Measured {
    /// Predicts `articles`, which must be labelled.
    pub fn new(model: &TopicModel, articles: &[Article]) -> Result<Measured> {
        if let Some(article) = articles.iter().find(|article| article.topics.is_none()) {
            return Err(Error::Corpus(format!(
                "article {} is not labelled: there is nothing to compare with",
                article.id
            )));
        }
        if articles.is_empty() {
            return Err(Error::Corpus("there are no articles to evaluate on".into()));
        }
        let known = model.topics();
        let predictions = model.predict_batch(articles);
        let mut names = known.to_vec();
        let mut unknown_topics: BTreeMap<Topic, usize> = BTreeMap::new();
        for topic in articles.iter().flat_map(Article::labels) {
            if known.binary_search(topic).is_err() {
                *unknown_topics.entry(topic.clone()).or_default() += 1;
            }
        }
        names.extend(unknown_topics.keys().cloned());
        let number: BTreeMap<&str, u32> =
            names.iter().zip(0..).map(|(topic, at)| (topic.as_str(), at)).collect();
        let numbers = |topics: &mut dyn Iterator<Item = &Topic>| -> Vec<TopicId> {
            topics.filter_map(|topic| number.get(topic.as_str()).copied().map(TopicId)).collect()
        };
        let gold = articles.iter().map(|article| numbers(&mut article.labels().iter())).collect();
        let given = predictions
            .iter()
            .map(|prediction| numbers(&mut prediction.topics.iter().map(|assigned| &assigned.topic)))
            .collect();
        let rows = predictions.iter().map(|prediction| &prediction.probabilities);
        let scores = Scores::from_rows(known.len(), rows)?;
        Ok(Measured { names, gold, given, scores, predictions, unknown_topics })
    }

    pub fn judged(&self) -> Result<Judged<'_>> {
        Judged::new(&self.gold, &self.given, self.names.len())
    }

    pub fn scored(&self) -> Result<Scored<'_>> {
        Scored::new(self.judged()?, &self.scores)
    }

    pub fn name(&self, topic: TopicId) -> Topic {
        self.names[topic.index()].clone()
    }
}
