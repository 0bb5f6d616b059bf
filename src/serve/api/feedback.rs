//! `/v1/feedback`: what people correct.

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query};
use axum::http::header::LOCATION;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::atomic::Ordering::Relaxed;
use utoipa::{IntoParams, ToSchema};

use super::question::ArticleInput;
use crate::serve::body::{expect_type, json, read};
use crate::serve::feedback::{Correction, Given, Keeper, NewCorrection, check_topics};
use crate::serve::problem::Problem;
use crate::serve::state::{Shared, State};
use crate::serve::work::{Deadline, aside};

/// A correction: an article and the topics that it has.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::serve) struct CorrectionInput {
    /// The article, as it was classified.
    pub article: ArticleInput,
    /// The topics that it has; an empty list says that none fits. Topics that the model does not know are welcome.
    #[schema(max_items = 100, example = json!(["energy", "diplomacy"]))]
    pub topics: Vec<String>,
    /// The model that was wrong, or right; by default the service's default.
    pub model: Option<String>,
}

/// Corrections, the latest first.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::serve) struct CorrectionList {
    /// The corrections.
    pub corrections: Vec<Correction>,
    /// Where to go on: `before` of the next request; none at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}

/// Which corrections are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::serve) struct ListParameters {
    /// Only corrections with lower numbers than this.
    pub before: Option<i64>,
    /// How many, 1 to 1000; by default 100.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
}

const MOST: usize = 1_000;

fn keeper(state: &State) -> Result<&Keeper, Problem> {
    state
        .feedback
        .as_ref()
        .ok_or_else(|| Problem::missing("this service keeps no corrections (`--feedback off`)"))
}

/// Takes a correction in. What is answered with 201 is on the disk.
#[utoipa::path(
    post, path = "/v1/feedback", tag = "corrections", request_body = CorrectionInput,
    responses(
        (status = 201, description = "Kept", body = Correction, headers(("location" = String))),
        (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The disk is full, or busy", body = Problem, content_type = "application/problem+json"),
    ),
    security((), ("key" = [])),
)]
pub(super) async fn add(state: Shared, request: Request<Body>) -> Result<Response, Problem> {
    let keeper = keeper(&state)?;
    expect_type(request.headers(), &["application/json"])?;
    let (bytes, deadline) = read(&state, request).await?;
    let input: CorrectionInput = json(&bytes)?;
    let topics = check_topics(&input.topics).map_err(Problem::unprocessable)?;
    let loaded = state.model(input.model.as_deref())?;
    let correction = aside(&state, deadline, move |_| {
        let article = input.article.ready(String::new())?.article;
        // What the model said is asked of the model: the caller's word for it would be only that.
        let prediction = loaded.scoring(|scorer| loaded.model.predict_with(scorer, &article));
        let given = |one: crate::model::Assigned| Given { topic: one.topic, probability: one.probability };
        let before = prediction.topics.into_iter().map(given).collect();
        let (model, version) = (loaded.name.clone(), loaded.version.clone());
        Ok::<_, Problem>(NewCorrection { article, topics, before, model, version })
    });
    let kept = keeper.add(correction.await??, deadline).await?;
    state.telemetry.corrections.fetch_add(1, Relaxed);
    let location = format!("/v1/feedback/{}", kept.id);
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(kept)).into_response())
}

/// Corrections, the latest first.
#[utoipa::path(
    get, path = "/v1/feedback", tag = "corrections", params(ListParameters),
    responses(
        (status = 200, body = CorrectionList),
        (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The disk is busy", body = Problem, content_type = "application/problem+json"),
    ),
    security((), ("key" = [])),
)]
pub(super) async fn list(
    state: Shared,
    parameters: Result<Query<ListParameters>, QueryRejection>,
) -> Result<Json<CorrectionList>, Problem> {
    let keeper = keeper(&state)?;
    let Query(parameters) = parameters.map_err(|rejection| Problem::unprocessable(rejection.body_text()))?;
    let limit = parameters.limit.unwrap_or(100);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::unprocessable(format!("limit: choose 1 to {MOST}")));
    }
    let before = parameters.before.unwrap_or(i64::MAX);
    let mut corrections = keeper.list(before, limit + 1, Deadline::from_now(&state)).await?;
    let more = corrections.len() > limit;
    corrections.truncate(limit);
    let next = corrections.last().map(|last| last.id).filter(|_| more);
    Ok(Json(CorrectionList { corrections, next }))
}

/// Removes a correction for good.
#[utoipa::path(
    delete, path = "/v1/feedback/{id}", tag = "corrections",
    params(("id" = i64, Path, description = "The correction's number")),
    responses(
        (status = 204, description = "Removed"),
        (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The disk is busy", body = Problem, content_type = "application/problem+json"),
    ),
    security((), ("key" = [])),
)]
pub(super) async fn remove(
    state: Shared,
    id: Result<Path<i64>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let keeper = keeper(&state)?;
    let missing = || Problem::missing("there is no correction of that number");
    let Path(id) = id.map_err(|_| missing())?;
    match keeper.remove(id, Deadline::from_now(&state)).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(missing()),
    }
}
