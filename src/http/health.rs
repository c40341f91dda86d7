//! Health checks.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use futures::future::BoxFuture;
use tokio::time::timeout;

use super::hosts::text;

/// How long a store may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks whether a server can do its work. The error says why it cannot.
pub(crate) type Ready = dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync;

/// `/healthz`, which says that the process answers, and `/readyz`, which says that its store does.
pub(crate) fn health(ready: Arc<Ready>) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(move || readiness(Arc::clone(&ready))))
}

async fn readiness(ready: Arc<Ready>) -> Response {
    let unready =
        |reason: &str| text(StatusCode::SERVICE_UNAVAILABLE, &format!("not ready: {reason}"));
    match timeout(PATIENCE, ready()).await {
        Ok(Ok(())) => text(StatusCode::OK, "ok"),
        Ok(Err(reason)) => unready(&reason),
        Err(_) => unready("the store does not answer"),
    }
}
