//! `GET /openapi.json`: the interface, described from the code.

use std::sync::OnceLock;

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{answer, feedback, health, models, predict, question, stream};
use crate::serve::problem::Problem;

#[derive(OpenApi)]
#[openapi(
    info(title = "topicwire", description = "Puts topics on articles.", license(name = "MIT OR Apache-2.0")),
    paths(
        predict::predict,
        stream::stream,
        models::list,
        models::one,
        feedback::add,
        feedback::list,
        feedback::remove,
        health::live,
        health::ready,
        health::metrics,
        document,
    ),
    components(schemas(
        Problem,
        question::ArticleInput,
        question::Offsets,
        answer::OneAnswer,
        answer::BatchAnswer,
        stream::StreamLine,
    )),
    modifiers(&Keys),
    tags(
        (name = "topics", description = "Topics for articles"),
        (name = "corrections", description = "What people correct"),
        (name = "models", description = "What answers"),
        (name = "operation", description = "For whoever runs the service"),
    ),
)]
struct Description;

/// Keys are sent as bearer tokens.
struct Keys;

impl Modify for Keys {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let bearer =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API key")).build();
        let components = description.components.get_or_insert_default();
        components.add_security_scheme("key", SecurityScheme::Http(bearer));
    }
}

/// This description.
#[utoipa::path(
    get, path = "/openapi.json", tag = "operation",
    responses((status = 200, description = "OpenAPI", body = serde_json::Value)),
)]
pub(super) async fn document() -> impl IntoResponse {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| description().to_string());
    ([(CONTENT_TYPE, "application/json")], text.as_str())
}

/// The description as a value.
pub(in crate::serve) fn description() -> &'static serde_json::Value {
    static VALUE: OnceLock<serde_json::Value> = OnceLock::new();
    // A description made of names and numbers: turning it into a value cannot fail.
    VALUE.get_or_init(|| serde_json::to_value(Description::openapi()).unwrap_or_default())
}
