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
use super::subscriptions::{listen, until};
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

/// Reads a resource. The answer is its text, or the reason why there is none.
async fn read(client: &mut Client, uri: &str) -> Result<String, String> {
    let answer = client.post("resources/read", json!({"uri": uri})).await.message();
    match answer["result"]["contents"][0]["text"].as_str() {
        Some(text) => Ok(text.to_owned()),
        None => Err(answer["error"]["message"].as_str().expect("a reason").to_owned()),
    }
}

/// The runs of others have addresses, for those who may read them.
#[tokio::test]
async fn addresses_of_the_runs_of_others_need_a_role() {
    let http = Http::default().protected_by(|routes| routes.layer(from_fn(authenticate)));
    let listener = http.listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let (address, end) = (listener.address(), Notify::new());
    let server = builder().build().unwrap();
    let serve = http.serve(listener, server.router(&http), end.notified());
    let drive = async {
        let open = || Connection::open(address);
        let mut ada = Client::of("team/ada l", open().await, Era::Modern).await;
        let [raw, encoded] = ["run://team/ada%20l/main", "run://team%2Fada%20l%2Fmain"];
        ada.call("note", json!({"text": "a secret"})).await;
        for era in [Era::Modern, Era::Legacy] {
            let mut bob = Client::of("bob", open().await, era).await;
            let mut eve = Client::of("eve", open().await, era).await;
            for run in [raw, encoded] {
                let (state, history) = (format!("{run}/state"), format!("{run}/history"));
                let seen = read(&mut eve, &state).await.unwrap();
                assert!(seen.contains(r#""run":"team/ada l/main","version":"#), "{seen}");
                let seen = read(&mut eve, &history).await.unwrap();
                assert!(seen.contains("a secret") && seen.contains(r#""client":"test""#), "{seen}");
                assert!(read(&mut ada, &history).await.unwrap().contains("a secret"));
                for uri in [state, history, format!("{run}/prompt/OPEN")] {
                    let refused = read(&mut bob, &uri).await.unwrap_err();
                    assert!(refused.contains("`team/ada l/main` was never started"), "{refused}");
                }
            }
            if era == Era::Legacy {
                let uri = json!({"uri": format!("{raw}/state")});
                let answer = eve.ask("resources/subscribe", uri.clone()).await;
                assert!(answer["result"].is_object(), "{answer}");
                let refused = bob.ask("resources/subscribe", uri).await["error"].to_string();
                assert!(refused.contains("was never started"), "{refused}");
            } else {
                let uri = format!("{encoded}/history");
                listen(&mut eve, &[&uri]).await;
                until(&mut eve, "notifications/subscriptions/acknowledged").await;
                ada.call("note", json!({"text": "another"})).await;
                let said = until(&mut eve, "notifications/resources/updated").await;
                assert!(said.contains(&uri), "{said}");
                listen(&mut bob, &[&uri]).await;
                until(&mut bob, "was never started").await;
            }
        }
        end.notify_one();
    };
    let (outcome, ()) = tokio::join!(serve, drive);
    outcome.unwrap();
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
                assert_eq!(answer.header("connection"), Some("close"), "its body was not read");
                bob.connection = Connection::open(address).await;
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
