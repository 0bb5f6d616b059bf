//! The routes, a file to each.

mod answer;
mod card;
mod feedback;
mod health;
mod lines;
mod models;
mod openapi;
mod predict;
mod question;
mod stream;

use std::sync::Arc;

use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::routing::{delete, get, post};
use axum::{Router, middleware};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};

pub(super) use openapi::description;

use super::problem::Problem;
use super::state::State;
use super::{access, observe, page};

/// All that the service answers.
pub(super) fn router(state: Arc<State>) -> Router {
    let cors = cors(&state.settings.cors_origins);
    let router = Router::new()
        .route("/v1/predict", post(predict::predict))
        .route("/v1/predict/stream", post(stream::stream))
        .route("/v1/models", get(models::list))
        .route("/v1/models/{name}", get(models::one))
        .route("/v1/feedback", get(feedback::list).post(feedback::add))
        .route("/v1/feedback/{id}", delete(feedback::remove))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/openapi.json", get(openapi::document))
        .merge(page::routes())
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
        .layer(middleware::from_fn_with_state(Arc::clone(&state), access::check));
    let router = match cors {
        Some(cors) => router.layer(cors),
        None => router,
    };
    router
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(Arc::clone(&state), observe::observe))
        .with_state(state)
}

/// Pages of these origins may call; none by default.
fn cors(origins: &[String]) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let allowed = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(origins.iter().filter_map(|origin| HeaderValue::try_from(origin).ok()))
    };
    let headers = [header::CONTENT_TYPE, header::AUTHORIZATION, header::HeaderName::from_static("x-api-key")];
    let methods = [Method::GET, Method::POST, Method::DELETE];
    Some(CorsLayer::new().allow_origin(allowed).allow_headers(headers).allow_methods(methods))
}

async fn no_route() -> Problem {
    Problem::missing("there is no such path here: /openapi.json lists those that there are")
}

async fn no_method() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "the header `allow` lists the methods that this path takes")
}

fn panicked(panic: Box<dyn std::any::Any + Send>) -> axum::response::Response {
    let words = panic.downcast_ref::<&str>().map(|words| (*words).to_owned());
    let words = words.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    tracing::error!(words, "a request made the service panic");
    axum::response::IntoResponse::into_response(Problem::internal())
}
