//! What happens to every request: an id, a limit on how many are under way, figures, a line in the log.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

use axum::body::Body;
use axum::extract::MatchedPath;
use axum::http::header::X_CONTENT_TYPE_OPTIONS;
use axum::http::{HeaderName, HeaderValue, Method, Request, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::problem::Problem;
use super::state::Shared;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over from a caller.
const MAX_ID: usize = 64;

/// Ids of requests that bring none: a random beginning of the process, and a number.
static NEXT: AtomicU64 = AtomicU64::new(0);

fn id_of(request: &Request<Body>) -> HeaderValue {
    let offered = request.headers().get(&REQUEST_ID).filter(|value| {
        let bytes = value.as_bytes();
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte);
        (1..=MAX_ID).contains(&bytes.len()) && bytes.iter().all(plain)
    });
    offered.cloned().unwrap_or_else(|| {
        static START: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
        let start = START.get_or_init(rand::random);
        let id = format!("{start:08x}-{:x}", NEXT.fetch_add(1, Relaxed));
        HeaderValue::try_from(id).unwrap_or_else(|_| HeaderValue::from_static("unknown"))
    })
}

/// The method as a label: whatever else a caller thinks of is one.
fn name_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Counts a request as under way for as long as it lives, even if its client goes away.
struct UnderWay<'a>(&'a AtomicU64);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

/// Does all that, and writes out problems.
pub(super) async fn observe(state: Shared, request: Request<Body>, next: Next) -> Response {
    let start = Instant::now();
    let id = id_of(&request);
    let method = name_of(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let path = request.uri().path().to_owned();
    state.telemetry.under_way.fetch_add(1, Relaxed);
    let under_way = UnderWay(&state.telemetry.under_way);

    // Health must answer while everything else is full: that is when it is looked at.
    let limited = path.starts_with("/v1/");
    let permit = limited.then(|| state.requests.try_acquire());
    let response = match permit {
        Some(Err(_)) => {
            let problem = Problem::busy("too many requests are under way: try again");
            axum::response::IntoResponse::into_response(problem)
        }
        _ => next.run(request).await,
    };
    drop(under_way);

    let (mut response, detail) = written(response, &id);
    let (status, took) = (response.status(), start.elapsed());
    let route = route.as_ref().map_or("unknown", MatchedPath::as_str);
    state.telemetry.answered(method, route, status.as_u16(), took);
    log(&id, method, &path, status, took, &detail);
    // Nothing here is ever to be taken for something else than it says it is.
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// The response with its problem written out, and what the problem says. A refusal that brings no problem document along
/// (a path that the router cannot read, say) gets one.
fn written(mut response: Response, id: &HeaderValue) -> (Response, String) {
    let status = response.status();
    let problem = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None if status.is_client_error() || status.is_server_error() => Problem::new(status, ""),
        None => return (response, String::new()),
    };
    let detail = problem.detail().to_owned();
    let mut rendered = problem.render(id.to_str().unwrap_or_default());
    for (name, value) in response.headers() {
        let about_body = matches!(name.as_str(), "content-type" | "content-length");
        if !about_body && !rendered.headers().contains_key(name) {
            rendered.headers_mut().append(name.clone(), value.clone());
        }
    }
    (rendered, detail)
}

fn log(
    id: &HeaderValue,
    method: &str,
    path: &str,
    status: StatusCode,
    took: std::time::Duration,
    detail: &str,
) {
    let id = id.to_str().unwrap_or_default();
    let (status, ms) = (status.as_u16(), took.as_secs_f64() * 1e3);
    match status {
        500.. => tracing::error!(request = id, method, path, status, ms, detail, "failed"),
        400.. => tracing::info!(request = id, method, path, status, ms, detail, "refused"),
        _ => tracing::debug!(request = id, method, path, status, ms, "answered"),
    }
}
