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
    /// The body of the answer to a call.
    pub(super) fn of_call(body: Body, call: Call) -> Self {
        Self { body, _call: Some(call), _stream: None }
    }

    /// The body of an answer that stays open until the end begins, and then comes to its result.
    pub(super) fn of_listen(body: Body, call: Call, stream: Stream) -> Self {
        Self { body, _call: Some(call.without_room()), _stream: Some(stream) }
    }

    /// The body of an answer that stays open as long as anything is answered.
    pub(super) fn of_session(body: Body, stream: Stream) -> Self {
        Self { body, _call: None, _stream: Some(stream) }
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
