//! Ends in order.

use std::time::Instant;

use serde_json::json;

use super::{Client, Era, PATIENCE, Program};
use crate::mcp::restarts::Folder;

/// Whatever was acknowledged before and during the end is there afterwards, and nobody waits for silent connections.
#[tokio::test]
async fn calls_under_way_are_answered() {
    let folder = Folder::new("http-end");
    let store = folder.path("runs.db");
    let mut program = Program::start(&["--store", &store]).await;
    let silent = program.connect().await;
    let mut half = program.connect().await;
    half.write(b"POST /mcp HTTP/1.1\r\nhost: local").await;
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..8 {
        let era = [Era::Modern, Era::Legacy][number % 2];
        let mut client = Client::begin(&program, era).await;
        calls.spawn(async move {
            let run = format!("run-{number}");
            client.call("start_run", json!({"run": run})).await;
            let mut done = 0_u64;
            loop {
                let call =
                    json!({"name": "add_user_message", "arguments": {"run": run, "message": "x"}});
                let text = client.text("tools/call", call);
                let headers = client.headers("tools/call", &text);
                client.connection.request("POST", "/mcp", &headers, text.as_bytes()).await;
                match client.connection.read().await {
                    Some(answer) if answer.status == 200 => {
                        assert_eq!(answer.message()["result"]["isError"], false);
                        done += 1;
                    }
                    _ => return (run, done),
                }
            }
        });
    }
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let begin = Instant::now();
    program.signal("TERM").await;
    let (status, errors) = program.ends().await;
    assert!(status.success(), "{errors}");
    assert!(begin.elapsed() < PATIENCE / 4, "{:?}", begin.elapsed());
    drop((silent, half));
    let acknowledged = calls.join_all().await;
    let program = Program::start(&["--store", &store]).await;
    let mut client = Client::begin(&program, Era::Modern).await;
    for (run, done) in acknowledged {
        assert!(done > 0, "{run}");
        let answer = client.call("get_current_state", json!({"run": run})).await;
        assert!(answer["version"].as_u64().unwrap() >= done, "{run}: {done} of {answer}");
    }
}

#[tokio::test]
async fn streams_end() {
    let mut program = Program::start(&[]).await;
    let mut client = Client::begin(&program, Era::Legacy).await;
    let mut headers = client.headers("", "");
    headers.retain(|(name, _)| *name != "content-type");
    client.connection.request("GET", "/mcp", &headers, b"").await;
    assert_eq!(client.connection.head().await.map(|(status, _)| status), Some(200));
    let begin = Instant::now();
    program.signal("TERM").await;
    // The stream ends whole: with its last chunk.
    while client.connection.chunk().await.expect("a whole stream").is_some() {}
    assert!(program.ends().await.0.success());
    assert!(begin.elapsed() < PATIENCE / 4, "{:?}", begin.elapsed());
}
