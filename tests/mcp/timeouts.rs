//! Timeouts of a served machine: an overdue one has come before the server answers about its run.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use leverframe::record::Version;
use leverframe::runs::{Request, Runs};
use leverframe::store::sqlite::SqliteStore;
use leverframe::store::{PageLimit, Store};
use leverframe::testing::ManualClock;
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::time::timeout;

use super::restarts::Folder;
use super::{Client, PATIENCE, STYLES, each, local, run};
use crate::walk::machines::expense::{self, Expense};

/// Hands in claims, so many days ago.
async fn submit(store: Arc<dyn Store>, days: i64, claims: &[&str]) {
    let clock = ManualClock::new(Utc::now() - TimeDelta::days(days));
    let runs = Runs::<Expense>::new(store).with_clock(Arc::new(clock));
    for claim in claims {
        let claim = run(claim);
        runs.start(&local(), &claim, None).await.unwrap();
        let submit: expense::Event = expense::events::Submit { purpose: "tea".to_owned() }.into();
        runs.apply(&local(), &claim, submit, Request::new()).await.unwrap();
    }
}

/// An example, which `cargo test` builds.
pub(crate) fn example(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_BIN_EXE_leverframe")).parent().unwrap();
    let path = folder.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(path.exists(), "`cargo build --example {name}` makes {}", path.display());
    path
}

pub(super) async fn serve(name: &str, store: &str) -> Client {
    let mut command = Command::new(example(name));
    command.args(["serve", "--store", store]).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    Client::of(command, STYLES[0]()).await
}

#[tokio::test]
async fn what_is_overdue_has_come_when_the_server_is_back() {
    let folder = Folder::new("timeouts");
    let path = folder.path("runs.db");
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(path.as_ref()).unwrap());
    submit(store.clone(), 15, &["main", "unused"]).await;
    submit(store.clone(), 13, &["fresh"]).await;
    let mut changes = store.watch();

    // Two servers, as two clients start them.
    let (client, _other) = (serve("expense", &path).await, serve("expense", &path).await);
    let state = client.ok("get_current_state", json!({})).await;
    assert_eq!((&state["state"], &state["version"]), (&json!("DRAFT"), &json!(2)));
    assert_eq!(state.get("timeout"), None);
    let history = client.ok("get_history", json!({})).await;
    let records = &history["records"];
    assert_eq!(each(records, "actor"), ["local", "local", "@clock"]);
    assert_eq!(records[2]["event"], "lapse");

    // A claim that nobody looks at lapses all the same.
    let (unused, one) = (run("unused"), PageLimit::new(1, 1 << 20));
    let lapsed = async {
        while store.load(&unused, Version(2), one).await.unwrap().records.is_empty() {
            changes.changed().await.unwrap();
        }
    };
    timeout(PATIENCE, lapsed).await.expect("the server keeps the time");
    let runs = client.ok("list_runs", json!({})).await;
    assert_eq!(each(&runs["runs"], "run"), ["fresh", "main", "unused"]);
    assert_eq!(each(&runs["runs"], "state"), ["SUBMITTED", "DRAFT", "DRAFT"]);

    let state = client.ok("get_current_state", json!({"run": "fresh"})).await;
    assert_eq!(state["timeout"]["event"], "lapse");
    assert_eq!(state["timeout"]["to"], json!(["DRAFT"]));
    assert_eq!(runs["runs"][0]["timeout"]["at"], state["timeout"]["at"]);
    let mut command = std::process::Command::new(example("expense"));
    let output = command.args(["runs", "--json", "--store", &path]).output().unwrap();
    let fresh: Value = serde_json::Deserializer::from_slice(&output.stdout)
        .into_iter()
        .next()
        .expect("a line")
        .unwrap();
    assert_eq!(fresh["due"], state["timeout"]["at"]);
}
