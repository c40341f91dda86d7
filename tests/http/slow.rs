//! Clients that take their time.

use std::time::{Duration, Instant};

use serde_json::json;

use super::client::json_headers;
use super::{Client, Era, PATIENCE, Program};

#[tokio::test]
async fn half_requests_are_given_up() {
    let program = Program::start(&["--read-time", "1"]).await;
    let mut head = program.connect().await;
    head.write(b"POST /mcp HTTP/1.1\r\nhost: local").await;
    let mut body = program.connect().await;
    let mut headers = json_headers();
    headers.push(("content-length", "1000".into()));
    body.request("POST", "/mcp", &headers, b"{").await;
    let mut silent = program.connect().await;
    assert!(head.ends().await, "a head that does not come to its end");
    assert!(silent.ends().await, "a connection without a request");
    let answer = body.answer().await;
    assert_eq!(answer.status, 408);
    assert!(answer.text().contains("within 1 s; see `--read-time`"), "{}", answer.text());
}

#[tokio::test]
async fn a_client_that_takes_no_answer() {
    let program = Program::start(&["--write-time", "1", "--max-connections", "3"]).await;
    let mut client = Client::begin(&program, Era::Modern).await;
    let message = "x".repeat(250_000);
    for _ in 0..4 {
        client.call("add_user_message", json!({"message": message})).await;
    }
    // It asks for more than the buffers of the system hold, and reads nothing.
    let mut deaf = program.connect().await;
    for _ in 0..16 {
        let text =
            client.text("tools/call", json!({"name": "get_conversation_history", "arguments": {}}));
        let headers = client.headers("tools/call", &text);
        deaf.request("POST", "/mcp", &headers, text.as_bytes()).await;
    }
    let begin = Instant::now();
    loop {
        let text = program.connect().await.get("/metrics").await.text();
        if text.contains("leverframe_http_connections{machine=\"Orchestrator\"} 2") {
            break;
        }
        assert!(begin.elapsed() < PATIENCE, "{text}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(begin.elapsed() > Duration::from_millis(500), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn streams_beyond_the_limit() {
    let program = Program::start(&["--max-streams", "1"]).await;
    let mut clients = Vec::new();
    for _ in 0..2 {
        let mut client = Client::begin(&program, Era::Legacy).await;
        let mut headers = client.headers("", "");
        headers.retain(|(name, _)| *name != "content-type");
        client.connection.request("GET", "/mcp", &headers, b"").await;
        clients.push(client);
    }
    assert_eq!(clients[0].connection.head().await.map(|(status, _)| status), Some(200));
    let answer = clients[1].connection.answer().await;
    assert_eq!(answer.status, 503);
    assert!(answer.text().contains("`--max-streams`"), "{}", answer.text());
}
