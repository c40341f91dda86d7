//! Whose request it is, where a layer says so.

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use leverframe::caller::{Caller, Role, Way};
use leverframe::http::Http;
use leverframe::http::axum::{self, http::StatusCode};
use serde_json::json;
use tokio::sync::Notify;

use super::client::Connection;
use super::{Client, Era};
use crate::mcp::own_machine::builder;

/// Takes the header `x-user` for the caller. Whoever is named `eve` may read all runs.
async fn authenticate(mut request: Request, next: Next) -> Response {
    let user = request.headers().get("x-user").and_then(|user| user.to_str().ok());
    let Some(principal) = user.and_then(|user| user.parse().ok()) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let caller = Caller::new(principal, Way::Http);
    let is_eve = caller.principal().as_str() == "eve";
    let caller = if is_eve { caller.with_role(Role::RunsRead) } else { caller };
    request.extensions_mut().insert(caller);
    next.run(request).await
}

#[tokio::test]
async fn each_caller_has_runs_and_sessions_of_its_own() {
    let http = Http::default().protected_by(|routes| routes.layer(from_fn(authenticate)));
    let listener = http.listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let (address, end) = (listener.address(), Notify::new());
    let server = builder().build().unwrap();
    let serve = http.serve(listener, server.router(&http), end.notified());
    let drive = async {
        let mut connection = Connection::open(address).await;
        assert_eq!(connection.get("/healthz").await.status, 200);
        assert_eq!(connection.get("/metrics").await.status, 401);
        connection.request("POST", "/mcp", &[], b"{}").await;
        assert_eq!(connection.answer().await.status, 401);
        for era in [Era::Modern, Era::Legacy] {
            let text = format!("{era:?}");
            let mut ada = Client::of("ada", Connection::open(address).await, era).await;
            ada.call("note", json!({"text": text})).await;
            let mut bob = Client::of("bob", Connection::open(address).await, era).await;
            let seen = bob.call("get_current_state", json!({})).await;
            assert_eq!(seen["version"], 0, "{seen}");
            let mut eve = Client::of("eve", Connection::open(address).await, era).await;
            let seen = eve.call("get_current_state", json!({"run": "ada/main"})).await;
            assert!(seen["version"].as_u64() > Some(0), "{seen}");
            if era == Era::Legacy {
                // Another's session looks as if there were none.
                bob.session = ada.session.clone();
                let answer = bob.post("tools/list", json!({})).await;
                assert_eq!(answer.status, 404);
                assert!(answer.text().contains("begin a new one by `initialize`"));
                let headers = bob.headers("", "");
                bob.connection.request("DELETE", "/mcp", &headers, b"").await;
                assert_eq!(bob.connection.answer().await.status, 404);
                assert_eq!(ada.post("tools/list", json!({})).await.status, 200);
            }
        }
        end.notify_one();
    };
    let (outcome, ()) = tokio::join!(serve, drive);
    outcome.unwrap();
}
