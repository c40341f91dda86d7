//! What clients learn about this server as a protected resource (RFC 9728).

use std::sync::Arc;

use axum::Router;
use axum::extract::{NestedPath, Request, State};
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};

use super::Authentication;
use crate::caller::Role;
use crate::http::hosts::json_answer;

/// Where the metadata is.
const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// The resource of a request for metadata that names none.
const MCP: &str = "/mcp";

/// The routes of the metadata. They answer everybody.
pub(super) fn metadata(authentication: Arc<Authentication>) -> Router {
    let with_path = format!("{WELL_KNOWN}/{{*path}}");
    Router::new()
        .route(WELL_KNOWN, get(describe))
        .route(&with_path, get(describe))
        .with_state(authentication)
}

/// Describes the resource whose path follows the well-known one.
async fn describe(State(authentication): State<Arc<Authentication>>, request: Request) -> Response {
    let path = request.uri().path().strip_prefix(WELL_KNOWN).filter(|path| !path.is_empty());
    json_answer(StatusCode::OK, &authentication.metadata(&request, path.unwrap_or(MCP)))
}

impl Authentication {
    /// Where the metadata about the resource of a request is.
    pub(super) fn metadata_url(&self, request: &Request) -> String {
        format!("{}{WELL_KNOWN}{}", self.base(request), request.uri().path())
    }

    fn metadata(&self, request: &Request, path: &str) -> Value {
        let resource = format!("{}{path}", self.base(request));
        let scopes = Role::ALL.map(Role::as_str);
        let mut metadata = json!({
            "resource": resource,
            "bearer_methods_supported": ["header"],
            "scopes_supported": scopes,
        });
        if let (Some(issuer), Some(metadata)) = (&self.issuer, metadata.as_object_mut()) {
            metadata.insert("authorization_servers".to_owned(), json!([issuer.url()]));
        }
        metadata
    }

    /// The URL under which clients see the routes of this server.
    fn base(&self, request: &Request) -> String {
        let prefix = request.extensions().get::<NestedPath>().map_or("", NestedPath::as_str);
        if let Some(url) = &self.public_url {
            return format!("{url}{prefix}");
        }
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        let host = host.unwrap_or("localhost");
        let scheme = if is_loopback(host) { "http" } else { "https" };
        format!("{scheme}://{host}{prefix}")
    }
}

/// Whether a host, with or without a port, is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}
