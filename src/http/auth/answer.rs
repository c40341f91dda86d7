//! Answers to requests of callers that are not authenticated.

use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::json;

use crate::http::hosts::{closing, json_answer};

/// Why a request has no caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Denial {
    /// It has no bearer token.
    Missing,
    /// Its header cannot be understood.
    Malformed(&'static str),
    /// Its token is not valid.
    Invalid(String),
    /// Whether its token is valid cannot be checked now.
    Unavailable,
}

impl Denial {
    /// The answer, which points to the metadata about this server as a resource.
    pub(super) fn answer(&self, metadata: &str) -> Response {
        let (status, error, reason) = match self {
            Self::Missing => {
                (StatusCode::UNAUTHORIZED, None, "send a token: `Authorization: Bearer TOKEN`")
            }
            Self::Malformed(reason) => (StatusCode::BAD_REQUEST, Some("invalid_request"), *reason),
            Self::Invalid(reason) => {
                (StatusCode::UNAUTHORIZED, Some("invalid_token"), reason.as_str())
            }
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                Some("temporarily_unavailable"),
                "the keys of the issuer cannot be fetched; try again later",
            ),
        };
        let body = json!({"error": error.unwrap_or("unauthorized"), "error_description": reason});
        let mut response = closing(json_answer(status, &body));
        if *self == Self::Unavailable {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("10"));
            return response;
        }
        let mut challenge = format!("Bearer resource_metadata={}", quoted(metadata));
        if let Some(error) = error {
            let (error, reason) = (quoted(error), quoted(reason));
            challenge = format!("{challenge}, error={error}, error_description={reason}");
        }
        if let Ok(challenge) = HeaderValue::from_str(&challenge) {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// The challenge to a caller whose token is valid and whose roles do not suffice.
pub(super) fn insufficient(scope: &str, metadata: Option<&str>) -> String {
    let challenge = format!("Bearer error=\"insufficient_scope\", scope={}", quoted(scope));
    match metadata {
        Some(metadata) => format!("{challenge}, resource_metadata={}", quoted(metadata)),
        None => challenge,
    }
}

/// A quoted string of a header. Characters that it cannot hold are left out.
fn quoted(text: &str) -> String {
    let allowed = |c: &char| matches!(c, ' '..='~') && !matches!(c, '"' | '\\');
    format!("\"{}\"", text.chars().filter(allowed).collect::<String>())
}
