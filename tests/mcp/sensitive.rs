//! Values that are marked `#[sensitive]` show nowhere, and are recorded all the same.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use leverframe::api::{Api, ApiLimits, Style};
use leverframe::runs::Runs;
use leverframe::store::memory::MemoryStore;
use serde_json::{Value, json};
use tokio::process::Command;

use super::restarts::Folder;
use super::{Raw, local, object};
use crate::walk::machines::Payment;

const TOKEN: &str = "token-7c1f02";
const CARD: &str = "card-9b2e55";
const ACCOUNT: &str = "account-31d8aa";
const PIN: [u8; 3] = [211, 212, 213];
const MARK: &str = "[redacted]";

/// Fails if a text holds any of the secrets.
fn check(text: &str) {
    for secret in ["7c1f02", "9b2e55", "31d8aa", "212,213", "212, 213", "990199"] {
        assert!(!text.contains(secret), "`{secret}` shows in {text}");
    }
}

/// The example, which `cargo test` builds.
fn example() -> PathBuf {
    let folder = Path::new(env!("CARGO_BIN_EXE_leverframe")).parent().unwrap();
    let path = folder.join("examples").join(format!("payment{}", std::env::consts::EXE_SUFFIX));
    assert!(path.exists(), "`cargo build --example payment` makes {}", path.display());
    path
}

/// Calls a tool, and answers its text, which holds no secret.
async fn call(client: &mut Raw, tool: &str, arguments: Value) -> String {
    let params = json!({"name": tool, "arguments": arguments});
    let answer = client.ask("tools/call", params).await;
    check(&answer.to_string());
    answer["result"]["content"][0]["text"].as_str().unwrap().to_owned()
}

async fn read(client: &mut Raw, uri: &str) -> String {
    let answer = client.ask("resources/read", json!({"uri": uri})).await;
    check(&answer.to_string());
    answer["result"]["contents"][0]["text"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn secrets_show_nowhere() {
    let folder = Folder::new("sensitive");
    let (store, log) = (folder.path("runs.db"), folder.path("log"));
    let mut command = Command::new(example());
    command.args(["serve", "--store", &store]).env("RUST_LOG", "trace").kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(File::create(&log).unwrap());
    let mut client = Raw::of(command);

    let pay = |pin: Value| json!({"card": CARD, "pin": pin, "cents": 3100});
    for method in ["tools/list", "prompts/list", "resources/list"] {
        check(&client.ask(method, json!({})).await.to_string());
    }
    call(&mut client, "log_in", json!({"name": "Ada", "token": TOKEN, "request_key": "k"})).await;
    let reused = json!({"name": "Ada", "token": CARD, "request_key": "k"});
    assert!(call(&mut client, "log_in", reused).await.contains("conflict"));

    // Arguments that do not fit.
    for (arguments, argument) in [
        (json!({"name": "Ada", "token": 990_199}), "token"),
        (json!({"name": "Ada", "token": {TOKEN: CARD}}), "token"),
    ] {
        let refusal = call(&mut client, "log_in", arguments).await;
        assert!(refusal.contains(&format!(r#""argument":"{argument}""#)), "{refusal}");
    }
    for pin in [json!([CARD]), json!([990_199]), json!(990_199), json!(TOKEN), json!({TOKEN: 1})] {
        let refusal = call(&mut client, "pay", pay(pin)).await;
        assert!(refusal.contains(r#""argument":"pin""#), "{refusal}");
    }
    assert!(call(&mut client, "pay", pay(json!([]))).await.contains("no digits"));
    let mut stale = pay(json!(PIN));
    stale["expected_version"] = 7.into();
    assert!(call(&mut client, "pay", stale).await.contains("conflict"));
    let misplaced = json!({"name": "pay", "arguments": TOKEN});
    check(&client.ask("tools/call", misplaced).await.to_string());

    call(&mut client, "pay", pay(json!(PIN))).await;
    for account in [ACCOUNT, CARD] {
        let waiting = call(&mut client, "refund", json!({"account": account})).await;
        assert!(waiting.contains("2 people"), "{waiting}");
    }
    call(&mut client, "price", json!({})).await;
    call(&mut client, "get_current_state", json!({})).await;
    let history = call(&mut client, "get_history", json!({})).await;
    assert_eq!(history.matches(MARK).count(), 4, "{history}");
    assert!(history.contains(r#""cents":3100"#), "{history}");
    for uri in ["state://current", "run://main/state", "machine://chart"] {
        read(&mut client, uri).await;
    }
    assert_eq!(read(&mut client, "run://main/history").await.matches(MARK).count(), 4);

    drop(client.input.take());
    assert!(client.server.wait().await.unwrap().success());
    let log = fs::read_to_string(log).unwrap();
    assert!(log.contains("Service"), "it is written at all levels: {log}");
    check(&log);
    on_the_command_line(&store).await;
}

/// What the command line shows, and with `--show-sensitive`.
async fn on_the_command_line(store: &str) {
    // The table of a history has no context.
    for (command, marks, secrets) in [
        ("history", [3, 4], [TOKEN, CARD]),
        ("replay", [2, 2], [TOKEN, CARD]),
        ("gates", [2, 2], [ACCOUNT, CARD]),
    ] {
        for (form, marks) in [None, Some("--json")].into_iter().zip(marks) {
            let print = async |show: Option<&str>| {
                let mut program = Command::new(example());
                let options = form.into_iter().chain(show);
                let run = (command != "gates").then_some("main");
                program.arg(command).args(run).args(["--store", store]).args(options);
                program.env("RUST_LOG", "trace");
                let output = program.output().await.unwrap();
                let texts = [output.stdout, output.stderr];
                let text = texts.map(|text| String::from_utf8(text).unwrap()).concat();
                assert!(output.status.success(), "{text}");
                text
            };
            let text = print(None).await;
            check(&text);
            assert_eq!(text.matches(MARK).count(), marks, "{text}");
            let shown = print(Some("--show-sensitive")).await;
            assert!(secrets.iter().all(|secret| shown.contains(secret)), "{shown}");
            assert!(!shown.contains(MARK), "{shown}");
        }
    }
}

#[tokio::test]
async fn arguments_of_a_chosen_event_are_not_repeated() {
    let runs = Runs::<Payment>::new(Arc::new(MemoryStore::new()));
    let api = Api::new(runs, Style::Target, ApiLimits::default()).unwrap();
    let transition = api.operation("transition_state").unwrap();
    for arguments in [
        json!(990_199),
        json!({"card": CARD, "pin": [TOKEN], "cents": 5}),
        json!({"card": 990_199, "pin": PIN, "cents": 5}),
    ] {
        let given = object(json!({"new_state": "PAID", "arguments": arguments}));
        let answer = api.call(&local(), transition, given).await;
        assert!(answer.is_refusal(), "{}", answer.text());
        check(answer.text());
    }
}
