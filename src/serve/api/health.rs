//! Health and figures, for whoever runs the service.

use axum::Json;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::serve::problem::Problem;
use crate::serve::state::Shared;

/// How the service is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// `ok`.
    status: &'static str,
}

const OK: Health = Health { status: "ok" };

/// Whether the process is alive.
#[utoipa::path(get, path = "/health/live", tag = "operation", responses((status = 200, body = Health)))]
pub(super) async fn live() -> Json<Health> {
    Json(OK)
}

/// Whether requests can be answered.
#[utoipa::path(
    get, path = "/health/ready", tag = "operation",
    responses(
        (status = 200, body = Health),
        (status = 503, description = "Not ready", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn ready(state: Shared) -> Result<Json<Health>, Problem> {
    if state.requests.available_permits() == 0 {
        return Err(Problem::busy("as many requests are under way as are allowed"));
    }
    Ok(Json(OK))
}

/// Figures for Prometheus.
#[utoipa::path(
    get, path = "/metrics", tag = "operation",
    responses((status = 200, description = "Prometheus' text format", body = String, content_type = "text/plain")),
    security((), ("key" = [])),
)]
pub(super) async fn metrics(state: Shared) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.telemetry.write(&state.models))
}
