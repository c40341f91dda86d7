//! What counts until an answer is sent.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use http_body::Frame;

use crate::http::{Call, Stream};

/// A body with what counts until it is sent.
pub(super) struct Held {
    body: Body,
    _call: Option<Call>,
    _stream: Option<Stream>,
}

impl Held {
    /// The body of an answer to a call, of one that stays open, or of both.
    pub(super) fn new(body: Body, call: Option<Call>, stream: Option<Stream>) -> Self {
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
