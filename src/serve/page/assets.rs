//! Style and scripts, as they lie in the program.

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::serve::problem::Problem;

const SCRIPT: &str = "text/javascript; charset=utf-8";

const ASSETS: [(&str, &str, &str); 10] = [
    ("style.css", "text/css; charset=utf-8", include_str!("assets/style.css")),
    ("icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
    ("app.js", SCRIPT, include_str!("assets/app.js")),
    ("api.js", SCRIPT, include_str!("assets/api.js")),
    ("article.js", SCRIPT, include_str!("assets/article.js")),
    ("batch.js", SCRIPT, include_str!("assets/batch.js")),
    ("card.js", SCRIPT, include_str!("assets/card.js")),
    ("charts.js", SCRIPT, include_str!("assets/charts.js")),
    ("completion.js", SCRIPT, include_str!("assets/completion.js")),
    ("input.js", SCRIPT, include_str!("assets/input.js")),
];

/// One of them. A browser asks again each time, and gets it again only if it has changed.
pub(super) async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let found = ASSETS.iter().find(|asset| asset.0 == name);
    let (_, kind, text) = found.ok_or_else(|| Problem::missing("there is no such file"))?;
    let tag = format!("\"{:08x}\"", crc32fast::hash(text.as_bytes()));
    let about =
        [(CONTENT_TYPE, (*kind).to_owned()), (CACHE_CONTROL, "no-cache".to_owned()), (ETAG, tag.clone())];
    if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, about).into_response());
    }
    Ok((about, *text).into_response())
}
