//! Answers that rmcp does not make, and what lasts as long as an answer.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use http_body::Frame;
use rmcp::model::{ClientJsonRpcMessage, ErrorCode};
use serde_json::json;

use crate::http::{Call, Stream};
use crate::mcp::stdio::unreadable_text;

/// An error of the protocol that belongs to no request.
pub(super) fn refused(status: StatusCode, code: ErrorCode, reason: &str) -> Response {
    let error = json!({"jsonrpc": "2.0", "id": null, "error": {"code": code, "message": reason}});
    answered(status, error.to_string())
}

fn answered(status: StatusCode, json: String) -> Response {
    let mut response = Response::new(Body::from(json));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The answer to a body that is not a message; nothing if it is one.
pub(super) fn unreadable(text: &[u8]) -> Option<Response> {
    let error = serde_json::from_slice::<ClientJsonRpcMessage>(text).err()?;
    Some(answered(StatusCode::BAD_REQUEST, unreadable_text(text, &error)))
}

pub(super) fn no_session(most: usize) -> Response {
    let reason = format!(
        "the server has its maximum of {most} sessions; try again later, end sessions by DELETE, or raise \
         `--max-sessions`"
    );
    refused(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::INTERNAL_ERROR, &reason)
}

pub(super) fn unknown_session() -> Response {
    let reason = "there is no such session; begin a new one by `initialize`";
    refused(StatusCode::NOT_FOUND, ErrorCode::INVALID_REQUEST, reason)
}

pub(super) fn no_stream(most: usize) -> Response {
    let reason = format!(
        "the server has its maximum of {most} open streams; try again later, or raise `--max-streams`"
    );
    refused(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::INTERNAL_ERROR, &reason)
}

/// A body with what counts until it is sent.
pub(super) struct Held {
    body: Body,
    _call: Option<Call>,
    _stream: Option<Stream>,
}

impl Held {
    /// The body of an answer that stays open, or else of a call.
    pub(super) fn new(body: Body, call: Call, stream: Option<Stream>) -> Self {
        let call = stream.is_none().then_some(call);
        Self { body, _call: call, _stream: stream }
    }
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}
