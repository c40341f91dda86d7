//! How the server ends: within a second, and well, whatever it is connected to.

use std::fs::File;
use std::process::Stdio;

use serde_json::{Value, json};

use super::{Raw, meta, program};

#[tokio::test]
async fn at_the_end_of_its_input() {
    for calls in [false, true] {
        let mut raw = Raw::start(&["serve"]);
        raw.ask("server/discover", json!({})).await;
        if calls {
            raw.ask("tools/list", json!({})).await;
        }
        drop(raw.input.take());
        assert!(raw.ends().await.success(), "calls: {calls}");
    }
    let mut raw = Raw::start(&["serve"]);
    drop(raw.input.take());
    assert!(raw.ends().await.success(), "without a word");
}

/// A client that is gone without having read what it asked for.
#[tokio::test]
async fn when_nobody_reads_its_output() {
    let mut raw = Raw::start(&["serve"]);
    raw.ask("tools/list", json!({})).await;
    for id in 2..200 {
        raw.send(&request(id, "tools/list", json!({}))).await;
    }
    drop(raw.input.take());
    assert!(raw.ends().await.success());
}

#[cfg(unix)]
#[tokio::test]
async fn at_a_signal() {
    for signal in ["INT", "TERM"] {
        for calls in [false, true] {
            let mut raw = Raw::start(&["serve"]);
            raw.ask("server/discover", json!({})).await;
            if calls {
                raw.ask("tools/list", json!({})).await;
            }
            raw.signal(signal).await;
            assert!(raw.ends().await.success(), "{signal}, calls: {calls}");
        }
    }
}

/// Here a read of the input cannot be called off, as both are no pipes to the server.
#[cfg(unix)]
#[tokio::test]
async fn at_a_signal_while_its_output_is_a_file() {
    for signal in ["INT", "TERM"] {
        let folder = tempfile(signal);
        let mut command = program(&["serve"]);
        command.stdout(File::create(&folder).unwrap());
        let mut raw = Raw::of(command);
        raw.send(&request(1, "tools/list", json!({}))).await;
        let answered = async {
            while std::fs::read(&folder).unwrap().last() != Some(&b'\n') {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(super::PATIENCE, answered).await.expect("an answer in the file");
        raw.signal(signal).await;
        assert!(raw.ends().await.success(), "{signal}");
        let answer: Value = serde_json::from_slice(&std::fs::read(&folder).unwrap()).unwrap();
        assert_eq!(answer["id"], 1);
        std::fs::remove_file(folder).unwrap();
    }
}

/// All that was asked is answered before the end, from a file into a file.
#[tokio::test]
async fn when_a_file_has_been_answered() {
    const CALLS: u64 = 100;
    let (input, output) = (tempfile("input"), tempfile("output"));
    let call = |id: u64| {
        let arguments = json!({"message": id.to_string()});
        request(id, "tools/call", json!({"name": "add_user_message", "arguments": arguments}))
            .to_string()
    };
    let lines: Vec<_> = (1..=CALLS).map(call).collect();
    std::fs::write(&input, lines.join("\n") + "\n").unwrap();
    let mut command = program(&["serve"]);
    command.stdin(File::open(&input).unwrap()).stdout(File::create(&output).unwrap());
    let status = tokio::time::timeout(super::PATIENCE, command.status()).await;
    assert!(status.expect("an end").unwrap().success());
    let answers = std::fs::read_to_string(&output).unwrap();
    let mut versions: Vec<_> = answers
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("nothing but messages on stdout"))
        .map(|answer| answer["result"]["structuredContent"]["version"].as_u64().unwrap())
        .collect();
    versions.sort_unstable();
    assert!(versions.into_iter().eq(1..=CALLS), "{answers}");
    std::fs::remove_file(input).unwrap();
    std::fs::remove_file(output).unwrap();
}

/// Whatever comes, standard output has messages alone; the log goes elsewhere.
#[tokio::test]
async fn standard_output_is_the_protocols() {
    let mut command = program(&["serve"]);
    command.env("RUST_LOG", "trace").stderr(Stdio::null());
    let mut raw = Raw::of(command);
    raw.ask("server/discover", json!({})).await;
    raw.ask("tools/call", json!({"name": "nothing"})).await;
    raw.ask("tools/call", json!({"name": "get_history", "arguments": {"limit": 0}})).await;
    raw.send(&json!("no message")).await;
    raw.receive().await;
    raw.ask("tools/call", json!({"name": "get_history"})).await;
    drop(raw.input.take());
    assert!(raw.ends().await.success());
    assert_eq!(raw.output.as_mut().unwrap().next_line().await.unwrap(), None);
}

/// A client that sends something else first is told so by the exit code.
#[tokio::test]
async fn when_the_client_does_not_speak_the_protocol() {
    let mut command = program(&["serve"]);
    command.stderr(Stdio::null());
    let mut raw = Raw::of(command);
    raw.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
    assert_eq!(raw.ends().await.code(), Some(1));
}

fn request(id: u64, method: &str, mut params: Value) -> Value {
    params["_meta"] = meta();
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}

fn tempfile(name: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("leverframe-{}-{name}", std::process::id()))
}
