//! Several processes on one store: one performs a task, and another takes over when the lease ends.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use leverframe::runs::Subscriber;
use serde_json::{Value, json};

use super::payments::Rule;
use super::program::{Program, command};
use super::{Payments, events, sqlite, until_in};
use crate::durable::Folder;
use crate::mcp::{main_run, run};

const PLACED: [&str; 3] = ["start", "place", "charged"];

fn order() -> Value {
    json!({"cents": 1_200, "card": "tok_1"})
}

/// A store, its file, and the service.
async fn scene() -> (Folder, String, Payments) {
    let folder = Folder::new();
    let file = folder.file().display().to_string();
    (folder, file, Payments::start().await)
}

#[tokio::test]
async fn each_task_is_performed_by_one() {
    const ORDERS: usize = 30;
    let (folder, file, payments) = scene().await;
    let programs = [
        Program::leasing(&file, &payments, 60).await,
        Program::leasing(&file, &payments, 60).await,
    ];
    for number in 0..ORDERS {
        let (name, program) = (format!("o{number}"), &programs[number % 2]);
        program.ok("start_run", json!({"run": name})).await;
        program.ok("place", json!({"run": name, "cents": 1, "card": "tok_1"})).await;
    }
    let store = sqlite(&folder);
    for number in 0..ORDERS {
        until_in(&*store, &run(&format!("o{number}")), "PAID").await;
    }
    let ledger = payments.ledger();
    assert_eq!((ledger.asked.len(), ledger.effects.len()), (ORDERS, ORDERS));
    // A reader of what both have written meets all of it, each run in its order.
    let mut outbox = Subscriber::of_all(store, "outbox").unwrap();
    let mut met: BTreeMap<_, Vec<u64>> = BTreeMap::new();
    while met.values().map(Vec::len).sum::<usize>() < ORDERS * PLACED.len() {
        for logged in outbox.next().await.unwrap() {
            met.entry(logged.run).or_default().push(logged.record.version.0);
        }
        outbox.acknowledge().await.unwrap();
    }
    assert!(met.values().all(|versions| *versions == [0, 1, 2]), "{met:?}");
}

/// A process that ends leaves its task to the next at once, whatever its lease.
#[tokio::test]
async fn a_clean_end_leaves_the_task_to_the_next() {
    let (folder, file, payments) = scene().await;
    payments.expect([Rule::HoldBefore]);
    let first = Program::leasing(&file, &payments, 3_600).await;
    first.ok("place", order()).await;
    payments.until("a request", |ledger| ledger.asked.len() == 1).await;
    first.signal("TERM");
    payments.until("the call is dropped", |ledger| ledger.dropped == 1).await;
    first.ended().await;
    let _next = Program::leasing(&file, &payments, 3_600).await;
    until_in(&*sqlite(&folder), &main_run(), "PAID").await;
    let ledger = payments.ledger();
    assert_eq!((ledger.asked.len(), ledger.effects.len()), (2, 1));
    assert_eq!(ledger.asked[0].key, ledger.asked[1].key);
}

/// A process that stands still for longer than its lease loses the task, and finds that out when it goes on.
#[tokio::test]
async fn a_lease_is_lost_while_the_task_runs() {
    let (folder, file, payments) = scene().await;
    payments.expect([Rule::HoldBefore]);
    let stopped = Program::start(&file, &payments).await;
    stopped.ok("place", order()).await;
    payments.until("a request", |ledger| ledger.asked.len() == 1).await;
    stopped.signal("STOP");
    let other = Program::start(&file, &payments).await;
    until_in(&*sqlite(&folder), &main_run(), "PAID").await;
    payments.release();
    stopped.signal("CONT");
    let state = stopped.ok("get_current_state", json!({})).await;
    assert_eq!(
        (&state["state"], &state["version"], state.get("tasks")),
        (&json!("PAID"), &json!(2), None)
    );
    // Both go on.
    for (program, name) in [(&stopped, "a"), (&other, "b")] {
        program.ok("start_run", json!({"run": name})).await;
        program.ok("place", json!({"run": name, "cents": 1, "card": "tok_1"})).await;
        until_in(&*sqlite(&folder), &run(name), "PAID").await;
    }
    assert_eq!(events(&*sqlite(&folder), &main_run()).await, PLACED);
    let ledger = payments.ledger();
    assert_eq!(ledger.asked[0].key, ledger.asked[1].key);
    assert_eq!((ledger.asked.len(), ledger.effects.len()), (4, 3), "{ledger:?}");
}

#[tokio::test]
async fn a_task_that_is_slower_than_its_lease_keeps_it() {
    let (folder, file, payments) = scene().await;
    payments.expect([Rule::Slow(Duration::from_secs(7))]);
    let slow = Program::leasing(&file, &payments, 3).await;
    let _other = Program::leasing(&file, &payments, 3).await;
    slow.ok("place", order()).await;
    until_in(&*sqlite(&folder), &main_run(), "PAID").await;
    assert_eq!(payments.ledger().asked.len(), 1);
    assert_eq!(events(&*sqlite(&folder), &main_run()).await, PLACED);
}

/// Another process removes the run: the call of the service is dropped, and no outcome is recorded.
#[tokio::test]
async fn a_run_is_removed_while_its_task_runs() {
    let (folder, file, payments) = scene().await;
    payments.expect([Rule::HoldBefore]);
    let program = Program::start(&file, &payments).await;
    program.ok("place", order()).await;
    payments.until("a request", |ledger| ledger.asked.len() == 1).await;
    let removed = Instant::now();
    command(&file, &["remove", "main"]);
    payments.until("the call is dropped", |ledger| ledger.dropped == 1).await;
    assert!(removed.elapsed() < Duration::from_secs(15), "its own limit is 20 seconds");
    payments.release();
    // The name is free again, and its order another.
    program.ok("place", order()).await;
    until_in(&*sqlite(&folder), &main_run(), "PAID").await;
    let ledger = payments.ledger();
    assert_ne!(ledger.asked[0].key, ledger.asked[1].key);
    assert_eq!((ledger.asked.len(), ledger.effects.len()), (2, 1));
}

#[tokio::test]
async fn a_paused_store_waits_until_it_is_resumed() {
    let (folder, file, payments) = scene().await;
    let store = sqlite(&folder);
    assert!(command(&file, &["tasks", "pause"]).starts_with("paused"));
    assert!(command(&file, &["tasks", "pause"]).contains("paused before"));
    let program = Program::start(&file, &payments).await;
    program.ok("place", order()).await;
    let listed: Value =
        serde_json::from_str(&command(&file, &["tasks", "list", "--json"])).unwrap();
    assert_eq!(
        (&listed["run"], &listed["task"], &listed["attempts"], &listed["running"]),
        (&json!("main"), &json!("charge"), &json!(0), &json!(false)),
    );
    let resumed = chrono::Utc::now();
    assert_eq!(command(&file, &["tasks", "resume"]), "resumed\n");
    until_in(&*store, &main_run(), "PAID").await;
    let ledger = payments.ledger();
    assert_eq!(ledger.asked.len(), 1);
    assert!(ledger.asked[0].time > resumed);
    assert_eq!(command(&file, &["tasks", "list", "--json"]), "");
}
