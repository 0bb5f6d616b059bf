//! `GET /v1/models` and `GET /v1/models/{name}`: what is served.

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::card::{ModelCard, card};
use crate::Task;
use crate::serve::models::Loaded;
use crate::serve::problem::Problem;
use crate::serve::state::{Shared, State};
use crate::serve::work::{Deadline, aside};

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
