//! Who may do what.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, HOST, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::keys::{Role, find};
use super::problem::Problem;
use super::state::{Shared, State};

/// The role that `path` asks for; `None` where everybody may look: the page itself, the description, and health hold nothing of
/// anybody.
fn needed(path: &str) -> Option<Role> {
    match path {
        path if path.starts_with("/v1/feedback") => Some(Role::Feedback),
        path if path.starts_with("/v1/") => Some(Role::Read),
        "/metrics" => Some(Role::Read),
        _ => None,
    }
}

/// Lets a request through if it may pass.
pub(super) async fn check(state: Shared, request: Request<Body>, next: Next) -> Response {
    match admit(&state, request.headers(), request.uri().path()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn admit(state: &Arc<State>, headers: &HeaderMap, path: &str) -> Result<(), Problem> {
    if state.settings.is_open() {
        return check_host(state, headers, path);
    }
    let Some(needed) = needed(path) else { return Ok(()) };
    let challenge = |detail: &'static str| {
        Problem::new(StatusCode::UNAUTHORIZED, detail).with(WWW_AUTHENTICATE, "Bearer realm=\"topicwire\"")
    };
    let Some(offered) = offered(headers) else {
        return Err(challenge("send an API key: `authorization: Bearer KEY`"));
    };
    let Some(key) = find(&state.settings.keys, offered) else {
        return Err(challenge("this API key is not known"));
    };
    if needed == Role::Feedback && key.role == Role::Read {
        let detail =
            "this API key may ask for topics, and not touch corrections: use one with the role feedback";
        return Err(Problem::new(StatusCode::FORBIDDEN, detail));
    }
    tracing::debug!(key = key.name, "admitted");
    Ok(())
}

fn offered(headers: &HeaderMap) -> Option<&str> {
    if let Some(value) = headers.get(AUTHORIZATION) {
        let (scheme, key) = value.to_str().ok()?.split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then(|| key.trim());
    }
    headers.get("x-api-key")?.to_str().ok()
}

/// Where no key is asked for, a page from anywhere could have its own name point to this machine and talk to the service
/// through a visitor's browser (DNS rebinding): only names of this machine are answered.
fn check_host(state: &Arc<State>, headers: &HeaderMap, path: &str) -> Result<(), Problem> {
    if state.settings.insecure || path.starts_with("/health/") {
        return Ok(());
    }
    let host = headers.get(HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    let local = name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        || state.settings.hosts.iter().any(|known| known.eq_ignore_ascii_case(name));
    if local {
        return Ok(());
    }
    let detail = "the service does not answer to this name: allow it with --host NAME, or ask for an API key";
    Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, detail))
}
