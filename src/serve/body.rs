//! Bodies of requests: whole, in time, and no larger than allowed, packed or not.

use std::io::Read;

use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE,
};
use axum::http::{HeaderMap, Request, StatusCode};
use flate2::read::MultiGzDecoder;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use super::problem::Problem;
use super::state::State;
use super::work::{Deadline, aside};

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    /// Not at all.
    Plain,
    /// gzip.
    Gzip,
}

/// How the body is packed, as its headers say.
pub(super) fn packing(headers: &HeaderMap) -> Result<Packing, Problem> {
    match headers.get(CONTENT_ENCODING).map(|value| value.as_bytes().to_ascii_lowercase()).as_deref() {
        None | Some(b"" | b"identity") => Ok(Packing::Plain),
        Some(b"gzip" | b"x-gzip") => Ok(Packing::Gzip),
        Some(_) => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "this content-encoding is not known here: send the body as it is, or packed with gzip",
        )
        .with(ACCEPT_ENCODING, "gzip, identity")),
    }
}

/// Checks that the body is of one of `kinds`.
pub(super) fn expect_type(headers: &HeaderMap, kinds: &'static [&'static str]) -> Result<(), Problem> {
    let found = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = found.split(';').next().unwrap_or_default().trim();
    if kinds.iter().any(|kind| essence.eq_ignore_ascii_case(kind)) {
        return Ok(());
    }
    let detail = format!("send `content-type: {}`", kinds[0]);
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail).with(ACCEPT, kinds.join(", ")))
}

/// The whole body of `request`, unpacked, and by when the request must be answered.
///
/// # Errors
///
/// It is too large, too slow, broken off, or packed in a way that is not known.
pub(super) async fn read(state: &State, request: Request<Body>) -> Result<(Bytes, Deadline), Problem> {
    let limit = state.limits().body;
    let packing = packing(request.headers())?;
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: u64| length > limit as u64) {
        return Err(too_large(limit));
    }
    let collecting = Limited::new(request.into_body(), limit).collect();
    let bytes = match tokio::time::timeout(state.limits().timeout, collecting).await {
        Ok(Ok(collected)) => collected.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => return Err(too_large(limit)),
        Ok(Err(_)) => return Err(broken_off()),
        Err(_) => return Err(too_slow()),
    };
    let deadline = Deadline::from_now(state);
    let bytes = match packing {
        Packing::Plain => bytes,
        Packing::Gzip => aside(state, deadline, move |_| unpack(&bytes, limit)).await??,
    };
    Ok((bytes, deadline))
}

fn unpack(packed: &[u8], limit: usize) -> Result<Bytes, Problem> {
    let mut bytes = Vec::new();
    // One byte more tells "just fits" from "goes on": what a bomb would unpack to is never made.
    let outcome = MultiGzDecoder::new(packed).take(limit as u64 + 1).read_to_end(&mut bytes);
    if bytes.len() > limit {
        return Err(too_large(limit));
    }
    match outcome {
        Ok(_) => Ok(bytes.into()),
        Err(_) => Err(Problem::new(StatusCode::BAD_REQUEST, "the body is not whole gzip")),
    }
}

/// The JSON in `bytes`.
pub(super) fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        let status = match error.classify() {
            serde_json::error::Category::Data => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::BAD_REQUEST,
        };
        let detail = match std::str::from_utf8(bytes) {
            Err(utf8) => format!("the body is not UTF-8: byte {} is wrong", utf8.valid_up_to()),
            Ok(_) => format!("the body is not the JSON that is asked for: {error}"),
        };
        Problem::new(status, detail)
    })
}

fn too_large(limit: usize) -> Problem {
    let detail =
        format!("the body is larger than {limit} bytes, packed or unpacked: send less at once, or stream it");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail).with(CONNECTION, "close")
}

/// The client stood still.
pub(super) fn too_slow() -> Problem {
    let detail = "the body did not arrive in time: send it at once";
    Problem::new(StatusCode::REQUEST_TIMEOUT, detail).with(CONNECTION, "close")
}

fn broken_off() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "the body breaks off before its end").with(CONNECTION, "close")
}
