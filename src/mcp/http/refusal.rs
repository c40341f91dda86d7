//! Why a request is not handed to rmcp, and what is answered then.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use rmcp::model::{ClientJsonRpcMessage, ErrorCode};
use serde_json::json;

use crate::http::closing;
use crate::mcp::stdio::unreadable_text;

/// Why a request is not handed to rmcp.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("{0}")]
    Host(String),
    #[error("the server is ending; send the request again later")]
    Ending,
    #[error("there is no such session; begin a new one by `initialize`")]
    UnknownSession,
    #[error(
        "the server has its maximum of {0} sessions; try again later, end a session by DELETE, or raise `--max-sessions`"
    )]
    Sessions(usize),
    #[error(
        "the server has its maximum of {0} open streams; try again later, or raise `--max-streams`"
    )]
    Streams(usize),
    #[error("the body of the request has more than {0} bytes; see `--max-body`")]
    Large(usize),
    #[error(
        "the requests under way have the maximum of {0} bytes together; try again later, or raise `--max-bodies`"
    )]
    Bodies(usize),
    #[error("the body of the request did not come within {} s; see `--read-time`", .0.as_secs_f32())]
    Slow(Duration),
    #[error("the body of the request cannot be read: {0}")]
    Broken(axum::Error),
    /// A body that is not a message, with the answer to it.
    #[error("the body of the request is not a message")]
    Unreadable(String),
}

impl Refusal {
    /// The refusal of a body that is not a message; nothing if it is one.
    pub(super) fn of_unreadable(text: &[u8]) -> Option<Self> {
        let error = serde_json::from_slice::<ClientJsonRpcMessage>(text).err()?;
        Some(Self::Unreadable(unreadable_text(text, &error)))
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Host(_) => StatusCode::FORBIDDEN,
            Self::UnknownSession => StatusCode::NOT_FOUND,
            Self::Large(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Slow(_) => StatusCode::REQUEST_TIMEOUT,
            Self::Broken(_) | Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::Ending | Self::Sessions(_) | Self::Streams(_) | Self::Bodies(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }

    /// The answer: an error of the protocol.
    pub(super) fn answer(self) -> Response {
        let (status, is_read) = (self.status(), matches!(self, Self::Unreadable(_)));
        let code = if status.is_server_error() {
            ErrorCode::INTERNAL_ERROR
        } else {
            ErrorCode::INVALID_REQUEST
        };
        let text = match self {
            Self::Unreadable(answer) => answer,
            refusal => {
                let error = json!({"code": code, "message": refusal.to_string()});
                json!({"jsonrpc": "2.0", "id": null, "error": error}).to_string()
            }
        };
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = status;
        let kind = HeaderValue::from_static("application/json");
        response.headers_mut().insert(CONTENT_TYPE, kind);
        if is_read { response } else { closing(response) }
    }
}
