//! The command line: its arguments, what it prints, and its exit codes.

use std::process::{Command, Output};

use serde_json::{Value, json};

use super::restarts::{Folder, is_printable, lines, said, serve};
use super::{Client, Raw, STYLES, program};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_leverframe")).args(arguments).output().unwrap()
}

fn check(arguments: &[&str], code: i32, said: &[&str]) {
    let output = run(arguments);
    let text = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
    for part in said {
        assert!(text.contains(part), "{arguments:?} says `{part}`: {text}");
    }
}

#[test]
fn what_it_takes() {
    check(&["--version"], 0, &["leverframe ", env!("CARGO_PKG_VERSION")]);
    check(&["--help"], 0, &["Takes an agent through a task", "serve", "chart", "demo"]);
    check(&["chart"], 0, &["stateDiagram-v2", "[*] --> IDLE"]);
    check(&["chart", "--format", "mermaid"], 0, &["stateDiagram-v2"]);
    check(
        &["chart", "--format", "json"],
        0,
        &[r#""machine": "Orchestrator""#, r#""name": "IDLE""#],
    );
    check(&["chart", "--diff", "Cargo.toml"], 1, &["`Cargo.toml` is neither a store nor a chart"]);
    check(&["chart", "--diff", "none"], 1, &["`none` cannot be read"]);
    check(&["check", "--store", "none"], 1, &["no store at `none`"]);
    check(
        &["serve", "--help"],
        0,
        &["--store <PATH>", "memory", "--grace <SECONDS>", "[default: 10]"],
    );
    check(
        &["serve", "--help"],
        0,
        &["--max-context <SIZE>", "[default: 16MiB]", "--max-line <SIZE>"],
    );
    check(&["serve", "--max-page", "5x"], 2, &["--max-page", "such as `512KiB` or `16MiB`"]);
    check(&["chart", "--format", "pdf"], 2, &["possible values", "mermaid"]);
    check(&["chart", "--format", "svg"], 0, &["<svg ", ">IDLE</text>"]);
    check(
        &["chart", "--format", "text"],
        0,
        &["│     IDLE     │", "In every state: add_user_message"],
    );
    check(&["chart", "--output", "/none/chart"], 1, &["`/none/chart` cannot be written"]);
    check(&["serve", "--run", "a b"], 2, &["such as `a-b`"]);
    check(&["sevre"], 2, &["similar subcommand", "serve"]);
    check(&[], 2, &["Usage"]);
}

#[cfg(feature = "png")]
#[test]
fn pixels_are_written_to_a_file_or_a_pipe() {
    let folder = Folder::new("pixels");
    let path = folder.path("chart.png");
    check(&["chart", "--format", "png", "--dark", "--output", &path], 0, &[]);
    let written = std::fs::read(path).unwrap();
    let piped = run(&["chart", "--format", "png", "--dark"]).stdout;
    assert!(written.starts_with(b"\x89PNG\r\n") && written == piped);
    let small = run(&["chart", "--format", "png", "--scale", "1"]).stdout;
    let width = |png: &[u8]| u32::from_be_bytes(png[16..20].try_into().unwrap());
    assert_eq!(width(&piped), 2 * width(&small));
    check(&["chart", "--format", "png", "--scale", "9"], 2, &["9 is not in 1..=8"]);
}

#[test]
fn the_demo_reaches_its_end() {
    let output = run(&["demo"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    for part in [
        "IDLE --plan--> PLANNING",
        "PLANNING --research--> RESEARCHING",
        "RESEARCHING --execute--> EXECUTING",
        "EXECUTING --fail--> ERROR",
        "ERROR --execute--> EXECUTING",
        "no move leads from EXECUTING to IDLE",
        "EXECUTING --review--> REVIEWING",
        "REVIEWING --rest--> IDLE",
    ] {
        assert!(text.contains(part), "the demo shows `{part}`: {text}");
    }
    assert!(!text.contains('\u{1b}'), "it is plain where the output is no terminal");
}

#[test]
fn arguments_are_repeated_escaped() {
    check(&["se\u{202e}rve\u{9b}"], 2, &["se\\u{202e}rve\\u{9b}"]);
    check(&["history", "a\u{1b}[2J\n"], 2, &["a\\u{1b}[2J\\n"]);
    check(&["chart", "--format", "\u{200b}\u{7f}"], 2, &["\\u{200b}\\u{7f}"]);
    check(&["runs", "--store", "/none/\u{202e}\n"], 1, &["no store at `/none/\\u{202e}\\n`"]);
    check(&["history", "main", "--owner", "@clock"], 2, &["`@clock` cannot name a principal"]);
}

#[tokio::test]
async fn limits_are_set_by_options() {
    let mut client = Raw::start(&["serve", "--max-argument", "1KiB", "--max-context", "2KiB"]);
    let call =
        |length| json!({"name": "add_user_message", "arguments": {"message": "x".repeat(length)}});
    let large = client.ask("tools/call", call(2000)).await["result"].clone();
    assert_eq!(large["isError"], true);
    let text = large["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("1024"), "{text}");
    for _ in 0..2 {
        assert_eq!(client.ask("tools/call", call(800)).await["result"]["isError"], false);
    }
    let refused = client.ask("tools/call", call(800)).await["result"].clone();
    assert_eq!(refused["isError"], true);
    let text = refused["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("2048"), "{text}");
}

#[tokio::test]
async fn the_number_of_runs_is_set_by_an_option() {
    let client = Client::of(program(&["serve", "--max-runs", "1"]), STYLES[0]()).await;
    client.ok("start_run", json!({"run": "a"})).await;
    for (tool, arguments, event, to) in [
        ("start_run", json!({"run": "b"}), Value::Null, Value::Null),
        ("add_user_message", json!({"message": "x"}), json!("add_user_message"), Value::Null),
        ("transition_state", json!({"new_state": "PLANNING"}), Value::Null, json!("PLANNING")),
    ] {
        let run = arguments.get("run").cloned().unwrap_or(json!("main"));
        let mut answer = client.error(tool, arguments).await;
        let reason = answer["refused"]["reason"].take();
        let reason = reason.as_str().unwrap();
        assert!(reason.contains("`local` has 1 of at most 1 runs"), "{reason}");
        assert!(reason.contains("`--max-runs`"), "{reason}");
        let mut refused = json!({"event": event, "kind": "limit", "reason": null});
        if !to.is_null() {
            refused["to"] = to;
        }
        assert_eq!(answer, json!({"run": run, "refused": refused}), "{tool}");
    }
}

/// What a stranger may send: an escape sequence, C1 controls, DEL, a change of direction, an invisible space, a line.
const HOSTILE: &str = "\u{1b}[2J\u{9b}31m\u{85}\u{7f}\u{202e}\u{200b}\u{feff}\n";

#[tokio::test]
async fn data_of_strangers_is_printed_escaped() {
    let folder = Folder::new("hostile");
    let store = folder.path("runs.db");
    let client = serve(&store).await;
    client.ok("add_user_message", json!({"message": HOSTILE, "request_key": HOSTILE})).await;
    drop(client);
    for command in ["history", "replay"] {
        let table = said(0, &[command, "main", "--store", &store]);
        assert!(is_printable(&table), "{table:?}");
        assert!(table.contains("u{9b}31m") || table.contains("u009b31m"), "{table}");
        let json = said(0, &[command, "main", "--store", &store, "--json"]);
        assert!(is_printable(&json), "{json:?}");
    }
    let records = lines(&said(0, &["history", "main", "--store", &store, "--json"]));
    assert_eq!(records[1]["arguments"]["message"], HOSTILE);
    let replayed = lines(&said(0, &["replay", "main", "--store", &store, "--json"]));
    assert_eq!(replayed[0]["value"]["context"]["messages"][0]["content"], HOSTILE);
}

#[tokio::test]
async fn the_log_is_escaped() {
    let mut command = program(&["serve"]);
    command.env("RUST_LOG", "trace").stderr(std::process::Stdio::piped());
    let mut server = Raw::of(command);
    let id = json!(format!("id{HOSTILE}"));
    let params = json!({
        "name": HOSTILE, "arguments": {HOSTILE: HOSTILE}, "_meta": super::meta(),
    });
    server
        .send(&json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params}))
        .await;
    assert_eq!(server.receive().await["id"], id);
    server.send(&json!({"jsonrpc": "2.0", "method": HOSTILE, "params": {HOSTILE: HOSTILE}})).await;
    drop(server.input.take());
    let log = server.server.wait_with_output().await.unwrap().stderr;
    let log = String::from_utf8(log).unwrap();
    assert!(is_printable(&log), "{}", log.escape_debug());
    assert!(log.contains("31m"), "the log names the request: {log}");
}
