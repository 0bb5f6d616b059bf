//! Operating points: from which probability each topic is given, and others without training again.

use std::collections::BTreeMap;

use serde::Serialize;

use super::TopicModel;
use crate::decide::{Decision, Reached, Target};
use crate::nearest::{listed, nearest};
use crate::{Error, Result, Task, Topic};

/// From which probability a topic is given, and what that came to out of fold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OperatingPoint {
    /// The topic.
    pub topic: Topic,
    /// Articles that had the topic in training.
    pub articles: u64,
    /// The probability from which it is given.
    pub threshold: f32,
    /// Precision, recall and F1 on out-of-fold scores; `None` for models of older programs, which keep no such record.
    pub reached: Option<Reached>,
}

/// What is to become of thresholds. What is said of single topics goes before what is said of all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ThresholdChanges {
    /// What the thresholds of all topics are to aim at.
    pub target: Option<Target>,
    /// What those of single topics are to aim at.
    pub topic_targets: BTreeMap<Topic, Target>,
    /// Thresholds of single topics, from 0 to 1.
    pub set: BTreeMap<Topic, f32>,
}

impl TopicModel {
    /// From which probability each topic is given, in the order of the model's topics; empty where an article has exactly
    /// one topic.
    pub fn operating_points(&self) -> Vec<OperatingPoint> {
        let card = &self.card;
        if card.task == Task::Single {
            return Vec::new();
        }
        let point = |(at, topic): (usize, &Topic)| {
            let threshold = card.decision.thresholds[at];
            OperatingPoint {
                topic: topic.clone(),
                articles: card.report.topics.get(at).map_or(0, |report| report.articles),
                threshold,
                reached: card.curves.get(at).map(|curve| curve.reached(threshold)),
            }
        };
        card.topics.iter().enumerate().map(point).collect()
    }

    /// The same model with other thresholds. Thresholds for a target are found on the out-of-fold scores of the training,
    /// as [`Trainer`](crate::Trainer) finds them.
    ///
    /// # Errors
    ///
    /// [`Error::Settings`] where an article has exactly one topic, where a topic is not the model's, a threshold is not
    /// between 0 and 1, or a target is given for a model that holds no record of out-of-fold scores.
    ///
    /// ```
    /// use topicwire::model::ThresholdChanges;
    /// use topicwire::{Article, Corpus, TopicModel};
    ///
    /// let corpus = Corpus::from(vec![
    ///     Article::new("1", "", "Crude oil rose as OPEC cut its output.").with_topics(["energy"]),
    ///     Article::new("2", "", "A pipeline will carry gas and oil.").with_topics(["energy", "trade"]),
    ///     Article::new("3", "", "The home side won the cup final.").with_topics(["sport"]),
    ///     Article::new("4", "", "The coach of the side leaves.").with_topics(["sport"]),
    /// ]);
    /// let changes = ThresholdChanges { set: [("energy".into(), 0.4)].into(), ..Default::default() };
    /// let model = TopicModel::train(&corpus)?.with_thresholds(&changes)?;
    /// assert_eq!(model.operating_points()[0].threshold, 0.4);
    /// # Ok::<(), topicwire::Error>(())
    /// ```
    pub fn with_thresholds(&self, changes: &ThresholdChanges) -> Result<TopicModel> {
        let wrong = |problem: String| Err(Error::Settings(problem));
        if self.card.task == Task::Single {
            return wrong("the model gives each article its likeliest topic: there are no thresholds".into());
        }
        for topic in changes.topic_targets.keys().chain(changes.set.keys()) {
            if self.card.topics.binary_search(topic).is_err() {
                return wrong(self.unknown(topic));
            }
        }
        if let Some((topic, threshold)) = changes.set.iter().find(|set| !(0.0..=1.0).contains(set.1)) {
            return wrong(format!("{topic}={threshold}: a threshold is a probability, from 0 to 1"));
        }
        let mut thresholds = self.card.decision.thresholds.clone();
        for (at, topic) in self.card.topics.iter().enumerate() {
            if let Some(&threshold) = changes.set.get(topic) {
                thresholds[at] = threshold;
            } else if let Some(&target) = changes.topic_targets.get(topic).or(changes.target.as_ref()) {
                let Some(curve) = self.card.curves.get(at) else {
                    return wrong(
                        "the model keeps no record of out-of-fold scores, which came later than it: train it again, or \
                         set thresholds one by one"
                            .into(),
                    );
                };
                thresholds[at] = curve.threshold(target).unwrap_or(thresholds[at]);
            }
        }
        self.with_decision(Decision { thresholds, ..self.card.decision.clone() })
    }

    fn unknown(&self, topic: &Topic) -> String {
        let names = || self.card.topics.iter().map(Topic::as_str);
        match nearest(topic.as_str(), names()) {
            Some(meant) => format!("the model has no topic {topic}: did you mean {meant}?"),
            None => format!("the model has no topic {topic}: it has {}", listed(names())),
        }
    }
}
