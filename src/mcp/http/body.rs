//! Reading the body of a request, within the bounds.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use axum::response::Response;
use futures::StreamExt;
use rmcp::model::ErrorCode;
use tokio::time::timeout;

use super::answer::refused;
use crate::http::{Call, Http};

/// The request with its body read, and the body.
pub(super) async fn read(
    request: Request,
    http: &Http,
    call: &mut Call,
) -> Result<(Request, Bytes), Response> {
    let (parts, body) = request.into_parts();
    let (limit, time) = (http.limits().body_bytes, http.limits().read_time);
    let length =
        parts.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > limit) {
        return Err(too_large(limit));
    }
    let Ok(text) = timeout(time, collect(body, http, call)).await else {
        let reason = format!(
            "the body of the request did not come within {} s; see `--read-time`",
            time.as_secs_f32()
        );
        return Err(refused(StatusCode::REQUEST_TIMEOUT, ErrorCode::INVALID_REQUEST, &reason));
    };
    let text = text?;
    Ok((Request::from_parts(parts, Body::from(text.clone())), text))
}

async fn collect(body: Body, http: &Http, call: &mut Call) -> Result<Bytes, Response> {
    let (limit, waiting) = (http.limits().body_bytes, http.limits().waiting_bytes);
    let mut chunks = body.into_data_stream();
    let mut text = Bytes::new();
    let mut rest = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| {
            let reason = format!("the body of the request cannot be read: {error}");
            refused(StatusCode::BAD_REQUEST, ErrorCode::INVALID_REQUEST, &reason)
        })?;
        if text.len() + rest.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        http.traffic().hold(call, chunk.len()).map_err(|_| {
            let reason = format!(
                "the requests under way have the maximum of {waiting} bytes together; try again later, or raise \
                 `--max-bodies`"
            );
            refused(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::INTERNAL_ERROR, &reason)
        })?;
        if text.is_empty() && rest.is_empty() {
            text = chunk;
        } else {
            rest.extend_from_slice(&chunk);
        }
    }
    if rest.is_empty() { Ok(text) } else { Ok([&text[..], &rest].concat().into()) }
}

fn too_large(limit: usize) -> Response {
    let reason = format!("the body of the request has more than {limit} bytes; see `--max-body`");
    refused(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::INVALID_REQUEST, &reason)
}
