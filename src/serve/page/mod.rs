//! The page for people: written by maud, brought to life by a little plain JavaScript, all of it in the program. It asks the
//! same interface that programs ask, and nothing of any other host.

mod assets;
mod describe;
mod shell;

use axum::Router;
use axum::routing::get;
use std::sync::Arc;

use super::state::State;

/// What a browser may do on these pages: load what the service itself sends, and nothing else. No inline script or style runs,
/// so that what stands in an article cannot.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/// The pages' routes.
pub(super) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/", get(shell::page))
        .route("/docs", get(describe::page))
        .route("/assets/{name}", get(assets::asset))
}
