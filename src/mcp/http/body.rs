//! Reading the body of a request, within the bounds.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::CONTENT_LENGTH;
use futures::StreamExt;
use tokio::time::timeout;

use super::refusal::Refusal;
use crate::http::{Http, Room};

/// The request with its body read, the body, and the room that it takes.
pub(super) async fn read(request: Request, http: &Http) -> Result<(Request, Bytes, Room), Refusal> {
    let (parts, body) = request.into_parts();
    let (limit, time) = (http.limits().body_bytes, http.limits().read_time);
    let length = parts.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let length: Option<usize> = length.and_then(|length| length.parse().ok());
    if length.is_some_and(|length| length > limit) {
        return Err(Refusal::Large(limit));
    }
    let read = timeout(time, collect(body, http)).await;
    let (text, room) = read.map_err(|_| Refusal::Slow(time))??;
    Ok((Request::from_parts(parts, Body::from(text.clone())), text, room))
}

async fn collect(body: Body, http: &Http) -> Result<(Bytes, Room), Refusal> {
    let limits = http.limits();
    let mut room = Room::default();
    let mut chunks = body.into_data_stream();
    // Most bodies come in one.
    let (mut first, mut text) = (Bytes::new(), Vec::new());
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(Refusal::Broken)?;
        if first.len() + text.len() + chunk.len() > limits.body_bytes {
            return Err(Refusal::Large(limits.body_bytes));
        }
        let held = http.traffic().hold(&mut room, chunk.len());
        held.map_err(|_| Refusal::Bodies(limits.waiting_bytes))?;
        if first.is_empty() && text.is_empty() {
            first = chunk;
        } else {
            text.extend_from_slice(&std::mem::take(&mut first));
            text.extend_from_slice(&chunk);
        }
    }
    Ok((if text.is_empty() { first } else { text.into() }, room))
}
