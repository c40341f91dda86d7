//! How the server ends: within a second, and well, whatever it is connected to.

use std::fs::File;
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::restarts::Folder;
use super::wire::answers;
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

/// A client that does not read what it asked for is waited for, and then told what is left.
#[tokio::test]
async fn when_nobody_reads_its_output() {
    let mut raw = unread(&["serve", "--grace", "0"]).await;
    drop(raw.input.take());
    let (code, said) = said(raw).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("ended with requests unanswered: "), "{said}");
}

#[cfg(unix)]
#[tokio::test]
async fn at_a_second_signal() {
    let raw = unread(&["serve", "--grace", "1000"]).await;
    raw.signal("TERM").await;
    // One of another kind, since two of one kind may come as one.
    raw.signal("INT").await;
    let (code, said) = said(raw).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("ended with requests unanswered: "), "{said}");
}

/// A server that was asked for more than a pipe holds.
async fn unread(arguments: &[&str]) -> Raw {
    let mut command = program(arguments);
    command.stderr(Stdio::piped());
    let mut raw = Raw::of(command);
    raw.ask("tools/list", json!({})).await;
    for id in 2..200 {
        raw.send(&request(id, "tools/list", json!({}))).await;
    }
    raw
}

/// The exit code of a server that ends, and what it says on standard error.
async fn said(mut raw: Raw) -> (Option<i32>, String) {
    let code = raw.ends().await.code();
    let mut said = String::new();
    raw.server.stderr.take().unwrap().read_to_string(&mut said).await.unwrap();
    (code, said)
}

/// A client that closes its end has what was answered on disk, and the server has nothing to complain of.
#[tokio::test]
async fn when_its_output_is_closed() {
    let folder = Folder::new("closed");
    let store = folder.path("runs.db");
    let serve = ["serve", "--store", &store];
    let mut command = program(&serve);
    command.stderr(Stdio::piped());
    let mut raw = Raw::of(command);
    for id in 1..=30 {
        raw.send(&add(id)).await;
    }
    for version in 1..=10 {
        assert_eq!(version_of(&raw.receive().await), version);
    }
    drop(raw.output.take());
    // The end is seen at the next answer.
    let _ = raw.input.as_mut().unwrap().write_all(format!("{}\n", add(31)).as_bytes()).await;
    let (code, said) = said(raw).await;
    assert_eq!((code, said.as_str()), (Some(0), ""));
    assert!((10..=31).contains(&recorded(&serve).await));
}

#[cfg(unix)]
#[tokio::test]
async fn at_a_signal() {
    for signal in ["INT", "TERM", "HUP"] {
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

/// Calls that were read before a signal are applied and answered, and no others.
#[cfg(unix)]
#[tokio::test]
async fn at_a_signal_amid_calls() {
    for signal in ["INT", "TERM", "HUP"] {
        let folder = Folder::new(signal);
        let store = folder.path("runs.db");
        let serve = ["serve", "--store", &store];
        let mut raw = Raw::start(&serve);
        let mut input = raw.input.take().unwrap();
        let writing = tokio::spawn(async move {
            let lines: Vec<_> = (1..=1000).map(|id| add(id).to_string()).collect();
            // The server may close its end amid them.
            let _ = input.write_all(lines.join("\n").as_bytes()).await;
            input
        });
        let mut answered = 1;
        assert_eq!(version_of(&raw.receive().await), answered);
        raw.signal(signal).await;
        while let Some(line) = raw.output.as_mut().unwrap().next_line().await.unwrap() {
            answered += 1;
            let answer: Value = serde_json::from_str(&line).expect("messages alone");
            assert_eq!(version_of(&answer), answered);
        }
        assert!(raw.ends().await.success(), "{signal}");
        drop(writing.await.unwrap());
        assert_eq!(recorded(&serve).await, answered, "{signal}");
    }
}

fn add(id: u64) -> Value {
    let arguments = json!({"message": id.to_string()});
    request(id, "tools/call", json!({"name": "add_user_message", "arguments": arguments}))
}

fn version_of(answer: &Value) -> u64 {
    answer["result"]["structuredContent"]["version"].as_u64().expect("a version")
}

/// The version of the run on disk.
async fn recorded(serve: &[&str]) -> u64 {
    let current = request(1, "tools/call", json!({"name": "get_current_state"}));
    version_of(&answers(serve, current.to_string()).await[0])
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
    let lines: Vec<_> = (1..=CALLS).map(|id| add(id).to_string()).collect();
    std::fs::write(&input, lines.join("\n") + "\n").unwrap();
    let mut command = program(&["serve"]);
    command.stdin(File::open(&input).unwrap()).stdout(File::create(&output).unwrap());
    let status = tokio::time::timeout(super::PATIENCE, command.status()).await;
    assert!(status.expect("an end").unwrap().success());
    let answers = std::fs::read_to_string(&output).unwrap();
    let answered = answers
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("nothing but messages on stdout"));
    assert!(answered.map(|answer| version_of(&answer)).eq(1..=CALLS), "{answers}");
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

fn request(id: u64, method: &str, mut params: Value) -> Value {
    params["_meta"] = meta();
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}

fn tempfile(name: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("leverframe-{}-{name}", std::process::id()))
}
