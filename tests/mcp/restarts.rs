//! Runs that go on: with another server on the same store, and on the command line.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::{Client, STYLES, program};

pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(name: &str) -> Self {
        let name = format!("leverframe-restarts-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    pub(super) fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left in the folder for temporary files does no harm.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn serve(store: &str) -> Client {
    Client::of(program(&["serve", "--store", store]), STYLES[0]()).await
}

/// What the program prints, where it ends with this code.
fn said(code: i32, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_leverframe")).args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
    text
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn a_run_goes_on_with_the_next_server() {
    let folder = Folder::new("next");
    let store = folder.path("runs.db");
    let first = serve(&store).await;
    first.ok("add_user_message", json!({"message": "a", "request_key": "k"})).await;
    let plan = json!({"new_state": "PLANNING", "expected_version": 1, "arguments": {"task_description": "tea"}});
    assert_eq!(first.ok("transition_state", plan.clone()).await["version"], 2);
    drop(first);

    let second = serve(&store).await;
    let third = serve(&store).await;
    for client in [&second, &third] {
        let state = client.ok("get_current_state", json!({})).await;
        assert_eq!((&state["state"], &state["version"]), (&json!("PLANNING"), &json!(2)));
        let again =
            client.ok("add_user_message", json!({"message": "a", "request_key": "k"})).await;
        assert_eq!((&again["replayed"], &again["version"]), (&json!(true), &json!(2)));
        let again = client.ok("transition_state", plan.clone()).await;
        assert_eq!((&again["replayed"], &again["version"]), (&json!(true), &json!(2)));
        assert_eq!((&again["event"], &again["state"]), (&json!("plan"), &json!("PLANNING")));
        let other = json!({"message": "b", "request_key": "k"});
        let refused = client.error("add_user_message", other).await;
        assert_eq!(refused["refused"]["kind"], "conflict");
        let other = json!({"new_state": "RESEARCHING", "expected_version": 1});
        assert_eq!(client.error("transition_state", other).await["refused"]["kind"], "conflict");
    }
    let keyed = json!({"new_state": "RESEARCHING", "request_key": "r"});
    assert_eq!(second.ok("transition_state", keyed.clone()).await["version"], 3);
    third.ok("add_user_message", json!({"message": "c"})).await;
    let again = third.ok("transition_state", keyed).await;
    assert_eq!((&again["replayed"], &again["version"]), (&json!(true), &json!(4)));
    let other = json!({"new_state": "EXECUTING", "request_key": "r"});
    let refused = second.error("transition_state", other).await;
    assert_eq!(refused["refused"]["kind"], "conflict");
    assert!(refused["refused"]["reason"].as_str().unwrap().contains("`r` was used"), "{refused}");
}

#[tokio::test]
async fn the_command_line_reads_and_removes_runs() {
    let folder = Folder::new("line");
    let store = folder.path("runs.db");
    assert!(said(1, &["runs", "--store", &store]).contains("there is no store at"));
    assert!(!Path::new(&store).exists());
    assert!(said(1, &["runs", "--store", "memory"]).contains("name a file"));
    let client = serve(&store).await;
    client.ok("add_user_message", json!({"message": "a"})).await;
    client.go("PLANNING").await;
    client.ok("start_run", json!({"run": "b"})).await;

    let listed = lines(&said(0, &["runs", "--store", &store, "--json"]));
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0]["run"], "b");
    assert_eq!(
        (&listed[1]["run"], &listed[1]["version"], &listed[1]["state"]),
        (&json!("main"), &json!(2), &json!("PLANNING")),
    );
    let table = said(0, &["runs", "--store", &store]);
    assert!(table.starts_with("RUN   VERSION  STATE     TIME\nb     0        IDLE"), "{table}");

    let history = lines(&said(0, &["history", "main", "--store", &store, "--json"]));
    assert_eq!(history.len(), 3);
    assert_eq!(history[1]["event"], json!({"add_user_message": {"message": "a"}}));
    assert_eq!((&history[2]["from"], &history[2]["to"]), (&json!("IDLE"), &json!("PLANNING")));
    assert!(said(0, &["history", "main", "--from", "2", "--store", &store]).contains("plan"));
    assert!(said(1, &["history", "nain", "--store", &store]).contains("there are `b`, `main`"));

    let at = |version: &str| {
        let arguments = ["replay", "main", "--to", version, "--store", &store, "--json"];
        lines(&said(0, &arguments)).remove(0)
    };
    let [before, after] = ["1", "2"].map(at);
    assert_eq!((&before["state"], &after["state"]), (&json!("IDLE"), &json!("PLANNING")));
    assert_ne!(before["digest"], after["digest"]);
    assert_eq!(before["value"]["context"]["messages"][0]["content"], "a");
    assert!(said(1, &["replay", "main", "--to", "3", "--store", &store]).contains("version 2"));

    let copy = folder.path("copy.db");
    said(0, &["backup", &copy, "--store", &store]);
    assert!(said(1, &["backup", &copy, "--store", &store]).contains("already"));
    assert!(said(0, &["remove", "main", "--store", &store]).contains("at version 2"));
    assert!(said(1, &["remove", "main", "--store", &store]).contains("was never started"));
    assert_eq!(lines(&said(0, &["runs", "--store", &store, "--json"])).len(), 1);
    let removed = lines(&said(0, &["runs", "--removed", "--store", &store, "--json"]));
    assert_eq!((&removed[0]["run"], &removed[0]["version"]), (&json!("main"), &json!(2)));
    assert_eq!(lines(&said(0, &["runs", "--store", &copy, "--json"])).len(), 2);
    let state = client.ok("get_current_state", json!({})).await;
    assert_eq!(
        (&state["state"], &state["version"]),
        (&json!("IDLE"), &json!(0)),
        "the server sees it"
    );
}

#[cfg(unix)]
#[test]
fn the_default_store_is_a_file_for_each_machine() {
    let folder = Folder::new("default");
    let mut command = Command::new(env!("CARGO_BIN_EXE_leverframe"));
    command.arg("serve").stdin(std::process::Stdio::null()).env("HOME", &folder.0);
    command.env("XDG_DATA_HOME", folder.path("data"));
    assert!(command.output().unwrap().status.success());
    if cfg!(target_os = "linux") {
        assert!(folder.0.join("data/leverframe/Orchestrator.db").exists());
    }
}
