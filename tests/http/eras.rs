//! Both revisions: a whole task, refused moves, sessions.

use serde_json::json;

use super::{Client, Era, Program};
use crate::mcp::restarts::Folder;

/// Takes a run through a whole task.
async fn check(era: Era) {
    let program = Program::start(&[]).await;
    let mut client = Client::begin(&program, era).await;
    let tools = client.ask("tools/list", json!({})).await;
    assert!(tools["result"]["tools"].as_array().unwrap().len() > 10, "{tools}");

    let planning = json!({"new_state": "PLANNING", "arguments": {"task_description": "tea"}});
    let answer = client.call("transition_state", planning).await;
    assert_eq!(answer["state"], "PLANNING");
    client.call("add_user_message", json!({"message": "hello"})).await;
    let refused = client.go("REVIEWING").await;
    assert!(refused["refused"].is_object(), "{refused}");
    assert!(refused["legal"].as_array().is_some_and(|legal| !legal.is_empty()), "{refused}");
    for state in ["RESEARCHING", "EXECUTING", "REVIEWING", "IDLE"] {
        let answer = client.go(state).await;
        assert_eq!(answer["state"], state, "{answer}");
    }
    let read = client.ask("resources/read", json!({"uri": "state://current"})).await;
    assert!(read["result"]["contents"][0]["text"].as_str().is_some(), "{read}");
    let prompt = client.ask("prompts/get", json!({"name": "idle_prompt"})).await;
    assert!(prompt["result"]["messages"][0].is_object(), "{prompt}");
    let unknown = client.post("tools/call", json!({"name": "fly"})).await;
    assert!(unknown.message()["error"]["message"].as_str().unwrap().contains("fly"));
}

#[tokio::test]
async fn a_whole_task_without_sessions() {
    check(Era::Modern).await;
}

#[tokio::test]
async fn a_whole_task_in_a_session() {
    check(Era::Legacy).await;
}

#[tokio::test]
async fn runs_are_shared_by_all_connections() {
    let program = Program::start(&[]).await;
    let mut legacy = Client::begin(&program, Era::Legacy).await;
    legacy.go("PLANNING").await;
    let mut modern = Client::begin(&program, Era::Modern).await;
    assert_eq!(modern.call("get_current_state", json!({})).await["state"], "PLANNING");
}

#[tokio::test]
async fn a_session_ends() {
    let program = Program::start(&[]).await;
    let mut client = Client::begin(&program, Era::Legacy).await;
    let headers = client.headers("", "");
    client.connection.request("DELETE", "/mcp", &headers, b"").await;
    assert_eq!(client.connection.answer().await.status, 202);
    let answer = client.post("tools/list", json!({})).await;
    assert_eq!(answer.status, 404, "{}", answer.text());
}

#[tokio::test]
async fn health_checks_need_no_protocol() {
    let program = Program::start(&[]).await;
    let mut connection = program.connect().await;
    for path in ["/healthz", "/readyz"] {
        let answer = connection.get(path).await;
        assert_eq!((answer.status, answer.text().as_str()), (200, "ok\n"), "{path}");
    }
    assert_eq!(connection.get("/elsewhere").await.status, 404);
}

#[tokio::test]
async fn a_server_without_its_store_is_not_ready() {
    let folder = Folder::new("http-ready");
    let store = folder.path("runs.db");
    let program = Program::start(&["--store", &store]).await;
    let mut client = Client::begin(&program, Era::Modern).await;
    client.go("PLANNING").await;
    std::fs::remove_file(&store).unwrap();
    assert!(client.go("IDLE").await["failed"].is_object());
    let answer = program.connect().await.get("/readyz").await;
    assert_eq!(answer.status, 503);
    assert!(answer.text().starts_with("not ready: the store has failed"), "{}", answer.text());
    assert_eq!(program.connect().await.get("/healthz").await.status, 200);
}
