//! The example `checkout`, driven by an agent over MCP and by typed code.

use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use leverframe::Portable;
use leverframe::record::Version;
use leverframe::runs::{Durable, FireError, Request, Runs};
use leverframe::task::{Attempt, Worker};
use leverframe::testing::ManualClock;
use serde_json::{Value, json};

use self::shop::Shop;
use super::payments::Rule;
use super::program::{Program, command};
use super::{PATIENCE, Payments, events, sqlite, told, until_in};
use crate::durable::Folder;
use crate::mcp::{local, main_run};
use crate::walk::machines::checkout::{self, Checkout, Placed, Purchase};

/// Where the example's shop finds the machine.
mod machine {
    pub(crate) use crate::walk::machines::checkout;
}
#[path = "../../examples/checkout/shop.rs"]
mod shop;

fn worker(payments: &Payments) -> Worker<Checkout> {
    checkout::worker(Shop { payments: payments.address.to_string() })
}

/// An agent places orders; a person approves the large one; the program charges and pays back.
#[tokio::test]
async fn an_agent_orders() {
    let folder = Folder::new();
    let (file, store) = (folder.file().display().to_string(), sqlite(&folder));
    let payments = Payments::start().await;
    let agent = Program::start(&file, &payments).await;

    // The card is declined at first.
    payments.expect([Rule::Decline, Rule::HoldBefore]);
    let placed = agent.ok("place", json!({"cents": 1_200, "card": "tok_1"})).await;
    assert_eq!(
        (&placed["state"], &placed["tasks"][0]["name"]),
        (&json!("CHARGING"), &json!("charge"))
    );
    assert_eq!(placed["legal"], json!([]), "the task ends by itself");
    until_in(&*store, &main_run(), "OPEN").await;
    agent.ok("place", json!({"cents": 1_200, "card": "tok_2"})).await;
    payments.until("a request", |ledger| ledger.asked.len() == 2).await;
    payments.release();
    until_in(&*store, &main_run(), "PAID").await;
    let ledger = payments.ledger();
    assert_ne!(ledger.asked[0].key, ledger.asked[1].key, "another charge");
    // What a machine keeps to itself is for the service alone.
    assert_eq!(ledger.asked[1].body, json!({"cents": 1_200, "card": "tok_2"}));
    agent.ok("ship", json!({})).await;

    let history = agent.ok("get_history", json!({})).await;
    let records = history["records"].as_array().unwrap();
    let told: Vec<_> = records
        .iter()
        .map(|record| {
            [record["event"].as_str().unwrap_or("start"), record["actor"].as_str().unwrap()]
        })
        .collect();
    let expected = [
        ["start", "local"],
        ["place", "local"],
        ["declined", "@task"],
        ["place", "local"],
        ["charged", "@task"],
        ["ship", "local"],
    ];
    assert_eq!(told, expected);
    assert_eq!(records[4]["task"], json!({"task": "charge", "since": 3, "attempts": 1}));

    // A large order waits for a person.
    agent.ok("start_run", json!({"run": "large"})).await;
    agent.ok("place", json!({"run": "large", "cents": 90_000, "card": "tok_3"})).await;
    let refused = agent.error("approve", json!({"run": "large"})).await;
    assert_eq!(refused["refused"]["kind"], "waiting");
    assert_eq!(payments.ledger().asked.len(), 2, "nothing is charged before");
    command(&file, &["approve", "large", "--as", "ann"]);
    let large = crate::mcp::run("large");
    until_in(&*store, &large, "PAID").await;
    agent.ok("refund", json!({"run": "large"})).await;
    until_in(&*store, &large, "CANCELLED").await;
    let ledger = payments.ledger();
    assert_eq!((ledger.effects("/charges"), ledger.effects("/refunds")), (2, 1));
    assert_eq!(ledger.asked[3].body, json!({"receipt": ledger.asked[2].key}));
    command(&file, &["replay", "large"]);
}

/// An answer with a task that satisfies this.
async fn until(agent: &Program, tool: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let found = async {
        loop {
            let answer = agent.ok(tool, json!({})).await;
            if is_so(&answer) {
                return answer;
            }
        }
    };
    tokio::time::timeout(PATIENCE, found).await.expect("it comes to that")
}

#[tokio::test]
async fn attempts_and_errors_are_shown() {
    let folder = Folder::new();
    let (file, store) = (folder.file().display().to_string(), sqlite(&folder));
    let payments = Payments::start().await;
    let agent = Program::start(&file, &payments).await;
    payments.expect([Rule::Status(503), Rule::HoldBefore]);
    agent.ok("place", json!({"cents": 1_200, "card": "tok_1"})).await;
    let error = "the service failed: 503 Service Unavailable";
    let failed =
        until(&agent, "get_current_state", |state| state["tasks"][0]["error"] == error).await;
    let task = &failed["tasks"][0];
    if task["running"] != true {
        assert_eq!(task["attempts"], 1);
        let next = task["next"]["at"].as_str();
        assert!(next.is_none_or(|next| next.parse::<chrono::DateTime<Utc>>().is_ok()), "{task}");
    }
    payments.until("the second attempt", |ledger| ledger.asked.len() == 2).await;
    let shown = json!([{"name": "charge", "running": true, "attempts": 2, "error": error}]);
    assert_eq!(agent.ok("get_current_state", json!({})).await["tasks"], shown);
    assert_eq!(agent.ok("get_history", json!({})).await["tasks"], shown);
    assert_eq!(agent.ok("list_runs", json!({})).await["runs"][0]["tasks"], shown);
    let listed: Value = serde_json::from_str(&command(&file, &["runs", "--json"])).unwrap();
    let task = &listed["tasks"][0];
    assert_eq!(
        (&task["name"], &task["attempts"], &task["error"]),
        (&json!("charge"), &json!(2), &json!(error)),
    );
    assert!(command(&file, &["runs"]).contains(&format!("charge (attempt 2, failed: {error})")));
    assert!(command(&file, &["tasks", "list"]).contains(error));
    payments.release();
    until_in(&*store, &main_run(), "PAID").await;
    let history = agent.ok("get_history", json!({})).await;
    let performed = json!({"task": "charge", "since": 1, "attempts": 2, "error": error});
    assert_eq!((&history["records"][2]["task"], history.get("tasks")), (&performed, None));
    let state = agent.ok("get_current_state", json!({})).await;
    assert_eq!(state.get("tasks"), None);
}

/// A service that refuses the request is not called again, and nobody charges the card anew.
#[tokio::test]
async fn a_refusal_ends_in_the_failure_event() {
    let folder = Folder::new();
    let (file, store) = (folder.file().display().to_string(), sqlite(&folder));
    let payments = Payments::start().await;
    let agent = Program::start(&file, &payments).await;
    payments.expect([Rule::Status(422)]);
    agent.ok("place", json!({"cents": 1_200, "card": "tok_1"})).await;
    until_in(&*store, &main_run(), "DISPUTED").await;
    let history = agent.ok("get_history", json!({})).await;
    let error = "the service refused: 422 Unprocessable Entity";
    assert_eq!(history["records"][2]["arguments"], json!({"error": error}));
    assert_eq!(payments.ledger().asked("/charges"), 1);
    let refused = agent.error("place", json!({"cents": 1_200, "card": "tok_1"})).await;
    assert_eq!(refused["refused"]["kind"], "no_transition");
}

/// Typed code places and performs; two weeks later, a program finds the order overdue and pays the money back.
#[tokio::test]
async fn an_order_that_is_not_shipped_is_paid_back() {
    let folder = Folder::new();
    let (file, store) = (folder.file().display().to_string(), sqlite(&folder));
    let payments = Payments::start().await;
    let clock = Arc::new(ManualClock::new(Utc::now() - TimeDelta::days(15)));
    let runs =
        Runs::<Checkout>::new(store.clone()).with_clock(clock).with_worker(worker(&payments));
    let place = checkout::events::Place { cents: 1_200, card: "tok_1".to_owned() };
    runs.apply(&local(), &main_run(), place.into(), Request::new()).await.unwrap();
    let main = main_run();
    tokio::select! {
        never = runs.drive() => match never {},
        () = until_in(&*store, &main, "PAID") => {}
    }
    drop(runs);
    let _program = Program::start(&file, &payments).await;
    until_in(&*store, &main_run(), "CANCELLED").await;
    let told = told(&*store, &main_run()).await;
    let told: Vec<_> = told.iter().map(|(event, actor)| (event.as_str(), actor.as_str())).collect();
    let expected = [
        ("start", "local"),
        ("place", "local"),
        ("charged", "@task"),
        ("not_shipped", "@clock"),
        ("refunded", "@task"),
    ];
    assert_eq!(told, expected);
    let ledger = payments.ledger();
    assert_eq!((ledger.effects("/charges"), ledger.effects("/refunds")), (1, 1));
    assert_eq!(ledger.asked("/refunds"), 1);
}

/// Handles on the run have its state in their types, and another process performs the tasks.
#[tokio::test]
async fn typed_code_orders() {
    let folder = Folder::new();
    let (file, store) = (folder.file().display().to_string(), sqlite(&folder));
    let payments = Payments::start().await;
    payments.expect([Rule::HoldBefore]);
    let runs = Arc::new(Runs::<Checkout>::new(store.clone()));
    let id = main_run();
    let open = Durable::start(&runs, &local(), &id, Purchase::default()).await.unwrap();
    let place = checkout::events::Place { cents: 1_200, card: "tok_1".to_owned() };
    let Placed::Small(charging) = open.fire(place).await.unwrap() else {
        panic!("it is a small order")
    };
    let _program = Program::start(&file, &payments).await;
    payments.until("a request", |ledger| ledger.asked.len() == 1).await;
    // What a task ends in is for the task alone.
    let charged = checkout::events::Charged { receipt: "mine".to_owned() };
    let refused = charging.fire(charged).await.unwrap_err();
    assert!(matches!(refused, FireError::Refused { .. }), "{refused:?}");
    payments.release();
    until_in(&*store, &id, "PAID").await;
    let checkout::InState::Paid(paid) = Durable::open(&runs, &local(), &id).await.unwrap() else {
        panic!("it is paid")
    };
    assert_eq!(paid.state().receipt, payments.ledger().asked[0].key);
    let refunding = paid.fire(checkout::events::Refund).await.unwrap();
    assert_eq!(refunding.version(), Version(3));
    until_in(&*store, &id, "CANCELLED").await;
    let ledger = payments.ledger();
    assert_eq!((ledger.effects("/charges"), ledger.effects("/refunds")), (1, 1));
}

/// Without runs: the types say what may follow, and the task is performed by hand.
#[tokio::test]
async fn typed_code_decides_for_itself() {
    let payments = Payments::start().await;
    let purchase = Checkout::new(Purchase::default());
    let Placed::Small(charging) = purchase.place(1_200, "tok_1".to_owned()) else {
        panic!("it is a small order")
    };
    let machine = Checkout::from(charging);
    let task = machine.task(0).unwrap();
    let attempt = Attempt::new("local/main".to_owned(), "charge", "k1".to_owned(), 1);
    let event = worker(&payments).perform(task, attempt).await.unwrap();
    let machine = machine.into_typed().fire(event).map_err(|refused| refused.refusal).unwrap();
    let checkout::Typed::Paid(paid) = machine else { panic!("it is paid") };
    assert_eq!(paid.state().receipt, "k1");
    let shipped: Checkout = paid.ship().into();
    assert_eq!(shipped.state().name().to_string(), "Shipped");
    let Placed::Large(waiting) =
        Checkout::new(Purchase::default()).place(90_000, "tok_1".to_owned())
    else {
        panic!("it is a large order")
    };
    drop(waiting.cancel());
    assert_eq!(payments.ledger().effects("/charges"), 1);
}

/// Whoever reads a history performs nothing.
#[tokio::test]
async fn a_replay_performs_no_task() {
    let folder = Folder::new();
    let file = folder.file().display().to_string();
    let (store, payments) = (sqlite(&folder), Payments::start().await);
    {
        let agent = Program::start(&file, &payments).await;
        agent.ok("place", json!({"cents": 1_200, "card": "tok_1"})).await;
        until_in(&*store, &main_run(), "PAID").await;
    }
    command(&file, &["replay", "main"]);
    let runs = Runs::<Checkout>::new(store.clone()).with_worker(worker(&payments));
    let status = runs.status(&main_run()).await.unwrap();
    assert_eq!((status.version, status.tasks.len()), (Version(2), 0));
    assert_eq!(payments.ledger().asked.len(), 1);
    assert_eq!(events(&*store, &main_run()).await, ["start", "place", "charged"]);
}
