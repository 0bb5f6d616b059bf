//! Refusals: RFC 9457 problem documents, whatever went wrong.

use std::borrow::Cow;

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was refused (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct Problem {
    /// The kind of problem, for programs: `urn:topicwire:problem:` and a word.
    #[serde(rename = "type")]
    kind: String,
    /// The kind of problem, for people.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong with this request, and the mend.
    #[serde(skip_serializing_if = "str::is_empty")]
    detail: Cow<'static, str>,
    /// The request's id, as in the header `x-request-id` and in the log.
    #[serde(skip_serializing_if = "String::is_empty")]
    request_id: String,
    #[serde(skip)]
    #[schema(ignore)]
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// How long a client should wait where there is too much to do.
const RETRY_SECONDS: u64 = 1;

impl Problem {
    /// A problem of `status`, explained by `detail`.
    pub fn new(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Problem {
        let (word, title) = words(status);
        Problem {
            kind: format!("urn:topicwire:problem:{word}"),
            title,
            status: status.as_u16(),
            detail: detail.into(),
            request_id: String::new(),
            headers: Vec::new(),
        }
    }

    /// The same problem with another header.
    pub fn with(mut self, name: HeaderName, value: impl TryInto<HeaderValue>) -> Problem {
        if let Ok(value) = value.try_into() {
            self.headers.push((name, value));
        }
        self
    }

    /// What the request says makes no sense.
    pub fn unprocessable(detail: impl Into<Cow<'static, str>>) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// There is no such thing.
    pub fn missing(detail: impl Into<Cow<'static, str>>) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, detail)
    }

    /// Too much to do just now.
    pub fn busy(detail: impl Into<Cow<'static, str>>) -> Problem {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail).with(RETRY_AFTER, RETRY_SECONDS)
    }

    /// Something that must not happen; the log has the cause.
    pub fn internal() -> Problem {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong here; the log has more")
    }

    /// What the problem says, for the log.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The document, for the request with the id `request_id`.
    pub fn render(mut self, request_id: &str) -> Response {
        request_id.clone_into(&mut self.request_id);
        // A problem is plain text and numbers: writing it cannot fail.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, [(CONTENT_TYPE, "application/problem+json")], body).into_response();
        response.headers_mut().extend(self.headers);
        response
    }
}

/// The answer carries the problem along; `observe`, which knows the request's id, writes it out.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A word for programs and a title for people.
fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::BAD_REQUEST => ("bad-request", "The request cannot be read"),
        StatusCode::UNAUTHORIZED => ("key-missing", "An API key is needed"),
        StatusCode::FORBIDDEN => ("forbidden", "Not allowed"),
        StatusCode::NOT_FOUND => ("not-found", "There is no such thing here"),
        StatusCode::METHOD_NOT_ALLOWED => ("method-not-allowed", "This is not done with that method"),
        StatusCode::REQUEST_TIMEOUT => ("too-slow", "The request took too long to arrive"),
        StatusCode::PAYLOAD_TOO_LARGE => ("too-large", "The request is too large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ("unsupported-media-type", "The body is of an unknown kind"),
        StatusCode::MISDIRECTED_REQUEST => ("wrong-host", "The service has another name"),
        StatusCode::UNPROCESSABLE_ENTITY => ("unprocessable", "The request makes no sense"),
        StatusCode::SERVICE_UNAVAILABLE => ("unavailable", "Not possible just now"),
        StatusCode::INTERNAL_SERVER_ERROR => ("internal", "The service failed"),
        other => ("other", other.canonical_reason().unwrap_or("The request was refused")),
    }
}
