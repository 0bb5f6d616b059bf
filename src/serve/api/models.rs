//! `GET /v1/models` and `GET /v1/models/{name}`: what is served.

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::serve::models::Loaded;
use crate::serve::problem::Problem;
use crate::serve::state::{Shared, State};
use crate::serve::work::{Deadline, aside};
use crate::{Task, Topic};

/// All models.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::serve) struct ModelList {
    /// The models, by name.
    pub models: Vec<ModelLine>,
}

/// A model at a glance.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::serve) struct ModelLine {
    /// The name that requests call it by.
    pub name: String,
    /// What tells it from every other model that was ever served under the name.
    pub version: String,
    /// Whether it answers where a request names no model.
    pub default: bool,
    /// `single`: exactly one topic to an article; `multi`: any number.
    #[schema(value_type = String)]
    pub task: Task,
    /// How many topics it has.
    pub topics: usize,
    /// Its languages, as ISO 639-1 codes.
    #[schema(value_type = Vec<String>)]
    pub languages: Vec<&'static str>,
    /// How many articles it learned from.
    pub articles: u64,
    /// How many terms it knows.
    pub terms: u64,
    /// The size of its file.
    pub bytes: usize,
    /// When it was loaded.
    pub since: String,
}

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
    /// F1 on articles that were kept aside in turn during training: a little better than new articles will show.
    pub f1: f32,
    /// Whether it was too rare for a threshold of its own.
    pub guarded: bool,
    /// The terms that speak most for it.
    pub strongest_terms: Vec<String>,
}

/// All models that are served.
#[utoipa::path(
    get, path = "/v1/models", tag = "models",
    responses(
        (status = 200, body = ModelList),
        (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
    ),
    security((), ("key" = [])),
)]
pub(super) async fn list(state: Shared) -> Json<ModelList> {
    let models = state.models.all();
    Json(ModelList { models: models.values().map(|loaded| line(&state, loaded)).collect() })
}

/// One model: its card, topics and thresholds.
#[utoipa::path(
    get, path = "/v1/models/{name}", tag = "models",
    params(("name" = String, Path, description = "The model's name")),
    responses(
        (status = 200, body = ModelCard),
        (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too much to do", body = Problem, content_type = "application/problem+json"),
    ),
    security((), ("key" = [])),
)]
pub(super) async fn one(state: Shared, Path(name): Path<String>) -> Result<Json<ModelCard>, Problem> {
    let loaded = state.model(Some(&name))?;
    let shared = Arc::clone(&state);
    Ok(Json(aside(&state, Deadline::from_now(&state), move |_| card(&shared, &loaded)).await?))
}

pub(in crate::serve) fn line(state: &State, loaded: &Loaded) -> ModelLine {
    let (model, card) = (&loaded.model, loaded.model.card());
    ModelLine {
        name: loaded.name.clone(),
        version: loaded.version.clone(),
        default: state.models.is_default(&loaded.name),
        task: card.task,
        topics: card.topics.len(),
        languages: card.analyzer.languages.iter().map(|language| language.code()).collect(),
        articles: card.report.articles,
        terms: card.report.terms,
        bytes: model.as_bytes().len(),
        since: DateTime::<Utc>::from(loaded.since).to_rfc3339_opts(SecondsFormat::Secs, true),
    }
}

pub(in crate::serve) fn card(state: &State, loaded: &Loaded) -> ModelCard {
    let card = loaded.model.card();
    let strongest = loaded.strongest_terms();
    let topics = card.topics.iter().enumerate().map(|(number, topic)| {
        let report = card.report.topics.get(number).copied().unwrap_or_default();
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
            f1: report.f1,
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
    }
}

/// `regional-conflict` as people write it.
fn readable(topic: &str) -> String {
    let spaced = topic.replace(['-', '_'], " ");
    let mut chars = spaced.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + chars.as_str())
}
