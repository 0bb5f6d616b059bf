//! A model's card: what it is, what it learned from, and how well it tells each topic.

use serde::Serialize;
use utoipa::ToSchema;

use super::models::{ModelLine, line};
use crate::decide::{Curve, Reached};
use crate::features::Weighting;
use crate::learn::Loss;
use crate::serve::models::Loaded;
use crate::serve::state::State;
use crate::train::{Candidate, Classifier, Trial};
use crate::{Task, Topic};

/// A model's card.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::serve) struct ModelCard {
    #[serde(flatten)]
    pub line: ModelLine,
    /// The classifier and its loss.
    pub classifier: String,
    /// How many articles it learned from have exactly one topic.
    pub with_one_topic: u64,
    /// How many have none.
    pub without_topic: u64,
    /// Its topics, by their ids.
    pub topic_cards: Vec<TopicCard>,
    /// What `figure` of the trials is: `accuracy`, or a mean of micro-F1 and macro-F1.
    pub figure: String,
    /// The settings that training compared, in its order.
    pub trials: Vec<TrialCard>,
}

/// A topic of a model.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::serve) struct TopicCard {
    /// What requests and answers call it.
    #[schema(value_type = String)]
    pub id: Topic,
    /// What people are shown.
    pub name: String,
    /// What it is about.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub definition: String,
    /// What belongs to it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub includes: String,
    /// What does not.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub excludes: String,
    /// The topic that it is shown under.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub parent: Option<Topic>,
    /// The probability from which it is assigned; none where an article has exactly one topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f32>,
    /// How many articles the model learned it from.
    pub articles: u64,
    /// Which share of all articles that is: how likely the topic is before anything is read.
    pub share: f32,
    /// F1 on articles that were kept aside in turn during training: a little better than new articles will show.
    pub f1: f32,
    /// Which share of the articles given the topic have it, on the same articles; none where the model keeps no record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<f32>,
    /// Which share of the articles with the topic are given it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recall: Option<f32>,
    /// What other thresholds come to, from the highest down; empty where the model keeps no record.
    pub curve: Vec<CurvePoint>,
    /// Whether it was too rare for a threshold of its own.
    pub guarded: bool,
    /// The terms that speak most for it.
    pub strongest_terms: Vec<String>,
}

/// What a threshold comes to on articles that were kept aside in turn during training.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::serve) struct CurvePoint {
    /// The probability from which the topic would be assigned.
    pub threshold: f32,
    /// Which share of the articles given the topic would have it.
    pub precision: f32,
    /// Which share of the articles with the topic would be given it.
    pub recall: f32,
}

/// Settings that training tried.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::serve) struct TrialCard {
    /// The classifier.
    pub classifier: String,
    /// What it minimises, where there is a choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub loss: Option<Loss>,
    /// What terms are worth.
    #[schema(value_type = String)]
    pub weighting: Weighting,
    /// The cost of an error; for naive Bayes, what is added to every count.
    pub cost: f32,
    /// What the title weighs, where the body weighs 1.
    pub title: f32,
    /// What the lead weighs.
    pub lead: f32,
    /// How many tokens make the lead.
    pub lead_tokens: u32,
    /// What it came to on articles that the fit had not seen.
    pub figure: f64,
    /// How many articles that were: fewer than all where it was given up early.
    pub articles: u64,
    /// Whether the model was made with it.
    pub chosen: bool,
}

pub(in crate::serve) fn card(state: &State, loaded: &Loaded) -> ModelCard {
    let card = loaded.model.card();
    let strongest = loaded.strongest_terms();
    let topics = card.topics.iter().enumerate().map(|(number, topic)| {
        let report = card.report.topics.get(number).copied().unwrap_or_default();
        let curve = card.curves.get(number);
        // Thresholds may have been set after the training.
        let reached = curve.map(|curve| curve.reached(card.decision.thresholds[number]));
        let about = loaded.about(topic.as_str());
        TopicCard {
            id: topic.clone(),
            name: about
                .filter(|about| about.name != topic.as_str())
                .map_or_else(|| readable(topic.as_str()), |about| about.name.clone()),
            definition: about.map_or_else(String::new, |about| about.definition.clone()),
            includes: about.map_or_else(String::new, |about| about.includes.clone()),
            excludes: about.map_or_else(String::new, |about| about.excludes.clone()),
            parent: about.and_then(|about| about.parent.clone()),
            threshold: (card.task == Task::Multi).then(|| card.decision.thresholds[number]),
            articles: report.articles,
            share: report.articles as f32 / card.report.articles.max(1) as f32,
            f1: reached.map_or(report.f1, |reached| reached.f1),
            precision: reached.map(|reached| reached.precision),
            recall: reached.map(|reached| reached.recall),
            curve: curve.map_or_else(Vec::new, points),
            guarded: report.guarded,
            strongest_terms: strongest.get(number).cloned().unwrap_or_default(),
        }
    });
    ModelCard {
        topic_cards: topics.collect(),
        line: line(state, loaded),
        classifier: card.report.chosen.map_or_else(String::new, |chosen| chosen.classifier.to_string()),
        with_one_topic: card.report.with_one_topic,
        without_topic: card.report.without_topic,
        figure: card.report.figure.clone(),
        trials: card.report.trials.iter().map(|trial| trial_card(trial, card.report.chosen)).collect(),
    }
}

fn points(curve: &Curve) -> Vec<CurvePoint> {
    // Four digits are more than so many articles can tell, and half as long.
    let round = |share: f32| (share * 1e4).round() / 1e4;
    let point = |(threshold, reached): (f32, Reached)| CurvePoint {
        threshold: round(threshold),
        precision: round(reached.precision),
        recall: round(reached.recall),
    };
    curve.points().map(point).collect()
}

fn trial_card(trial: &Trial, chosen: Option<Candidate>) -> TrialCard {
    let Candidate { classifier, weighting, fields, cost, loss } = trial.candidate;
    TrialCard {
        classifier: classifier.to_string(),
        loss: (classifier == Classifier::Svm).then_some(loss),
        weighting,
        cost,
        title: fields.title,
        lead: fields.lead,
        lead_tokens: fields.lead_tokens,
        figure: trial.figure,
        articles: trial.articles,
        chosen: chosen == Some(trial.candidate),
    }
}

/// `regional-conflict` as people write it.
fn readable(topic: &str) -> String {
    let spaced = topic.replace(['-', '_'], " ");
    let mut chars = spaced.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + chars.as_str())
}
