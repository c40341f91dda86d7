//! Requests that are not answered, and limits that say which they are.

use serde_json::{Value, json};
use tokio::process::Command;

use super::client::json_headers;
use super::{Client, Era, Program, initialize};

/// Sends a body with changed headers. The answer is refused with this status, for this reason.
async fn refused(
    program: &Program,
    changed: (&'static str, &str),
    body: &str,
    status: u16,
    reason: &str,
) {
    let mut headers = json_headers();
    headers.retain(|(name, _)| *name != changed.0);
    headers.push((changed.0, changed.1.to_owned()));
    let mut connection = program.connect().await;
    connection.request("POST", "/mcp", &headers, body.as_bytes()).await;
    let answer = connection.answer().await;
    assert_eq!(answer.status, status, "{changed:?}: {}", answer.text());
    assert!(answer.text().contains(reason), "{changed:?}: {}", answer.text());
}

fn tools() -> String {
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).to_string()
}

#[tokio::test]
async fn other_hosts_and_origins() {
    let program =
        Program::start(&["--allow-host", "mcp.example", "--allow-origin", "https://app.example"])
            .await;
    for host in ["evil.example", "localhost.evil.example", "127.0.0.2"] {
        refused(&program, ("host", host), &tools(), 403, "--allow-host").await;
    }
    for origin in ["https://evil.example", "null", "http://app.example", "http://localhost"] {
        refused(&program, ("origin", origin), &tools(), 403, "--allow-origin").await;
    }
    for (name, value) in [("host", "mcp.example"), ("origin", "https://app.example")] {
        let mut connection = program.connect().await;
        connection.request("GET", "/healthz", &[(name, value.into())], b"").await;
        assert_eq!(connection.answer().await.status, 200, "{value}");
    }
    let mut connection = program.connect().await;
    connection.request("GET", "/healthz", &[("host", "evil.example".into())], b"").await;
    assert_eq!(connection.answer().await.status, 403);
}

#[tokio::test]
async fn other_types() {
    let program = Program::start(&[]).await;
    refused(&program, ("content-type", "text/plain"), &tools(), 415, "application/json").await;
    refused(&program, ("accept", "text/html"), &tools(), 406, "text/event-stream").await;
    let mut connection = program.connect().await;
    connection.request("PUT", "/mcp", &[], b"").await;
    assert_eq!(connection.answer().await.status, 405);
}

#[tokio::test]
async fn what_is_no_message() {
    let program = Program::start(&[]).await;
    let deep = format!("{}{}", "[".repeat(300), "]".repeat(300));
    let deep =
        format!(r#"{{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{{"a":{deep}}}}}"#);
    for (body, id, code, reason) in [
        ("nonsense", Value::Null, -32700, "not JSON"),
        ("", Value::Null, -32700, "not JSON"),
        (r#"{"jsonrpc":"1.0","id":"a","method":"ping"}"#, json!("a"), -32600, "`jsonrpc` is `1.0`"),
        ("[]", Value::Null, -32600, "a batch is not taken"),
        (deep.as_str(), json!(7), -32700, "expected at most 127"),
    ] {
        let mut connection = program.connect().await;
        connection.request("POST", "/mcp", &json_headers(), body.as_bytes()).await;
        let answer = connection.answer().await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text());
        let message = answer.message();
        assert_eq!((&message["id"], &message["error"]["code"]), (&id, &json!(code)), "{message}");
        assert!(message["error"]["message"].as_str().unwrap().contains(reason), "{message}");
    }
}

#[tokio::test]
async fn what_has_wrong_parameters() {
    let program = Program::start(&[]).await;
    for era in [Era::Modern, Era::Legacy] {
        let mut client = Client::begin(&program, era).await;
        for (method, params, code, reason) in [
            ("tools/call", json!({}), -32602, "`name` is missing; expected a string"),
            ("resources/read", json!({"uri": 7}), -32602, "`uri` is a number"),
            ("fly", json!({}), -32601, "the method `fly` is unknown"),
        ] {
            let error = client.post(method, params).await.message()["error"].clone();
            assert_eq!(error["code"], code, "{era:?} {method}: {error}");
            assert!(error["message"].as_str().unwrap().contains(reason), "{era:?}: {error}");
        }
    }
}

#[tokio::test]
async fn bodies_beyond_the_limits() {
    let program = Program::start(&["--max-body", "2KiB", "--max-bodies", "1KiB"]).await;
    let body = |size| format!("{{{}}}", " ".repeat(size));
    let reason = "more than 2048 bytes; see `--max-body`";
    refused(&program, ("x-a", "b"), &body(3000), 413, reason).await;
    refused(&program, ("x-a", "b"), &body(1500), 503, "--max-bodies").await;
    // Without a length in front.
    let mut connection = program.connect().await;
    let head = "POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                accept: application/json, text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    connection.write(head.as_bytes()).await;
    for _ in 0..5 {
        connection.write(format!("200\r\n{}\r\n", " ".repeat(512)).as_bytes()).await;
    }
    let answer = connection.answer().await;
    assert!([413, 503].contains(&answer.status), "{}", answer.text());
}

#[tokio::test]
async fn sessions_beyond_the_limit() {
    let program = Program::start(&["--max-sessions", "2"]).await;
    let first = Client::begin(&program, Era::Legacy).await;
    let _second = Client::begin(&program, Era::Legacy).await;
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": initialize()});
    let body = body.to_string();
    let reason = "maximum of 2 sessions";
    refused(&program, ("mcp-protocol-version", "2025-11-25"), &body, 503, reason).await;
    let mut modern = Client::begin(&program, Era::Modern).await;
    modern.go("PLANNING").await;
    let mut connection = program.connect().await;
    connection.request("DELETE", "/mcp", &first.headers("", ""), b"").await;
    assert_eq!(connection.answer().await.status, 202);
    Client::begin(&program, Era::Legacy).await;
}

#[tokio::test]
async fn connections_beyond_the_limit() {
    let program = Program::start(&["--max-connections", "2"]).await;
    let mut first = program.connect().await;
    assert_eq!(first.get("/healthz").await.status, 200);
    let mut second = program.connect().await;
    assert_eq!(second.get("/healthz").await.status, 200);
    let answer = program.connect().await.answer().await;
    assert_eq!(answer.status, 503);
    assert!(answer.text().contains("`--max-connections`"), "{}", answer.text());
    drop(first);
    loop {
        let mut again = program.connect().await;
        again.request("GET", "/healthz", &[], b"").await;
        if again.read().await.is_some_and(|answer| answer.status == 200) {
            break;
        }
    }
}

#[tokio::test]
async fn addresses_that_others_reach() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leverframe"));
    command.args(["serve", "--store", "memory", "--http", "0.0.0.0:0"]);
    let output = command.output().await.unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(errors.contains("nobody asks who calls; listen on 127.0.0.1"), "{errors}");
}
