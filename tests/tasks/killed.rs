//! Processes that are killed before a task, in it, after its effect, and after the append.

use serde_json::{Value, json};

use super::payments::Rule;
use super::program::{Program, command};
use super::{Payments, events, sqlite, until_in};
use crate::durable::{Folder, report};
use crate::mcp::{main_run, run};

const PLACED: [&str; 3] = ["start", "place", "charged"];

fn order(run: &str) -> Value {
    json!({"run": run, "cents": 1_200, "card": "tok_1"})
}

/// Where a program is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Point {
    BeforeTheTask,
    InTheTask,
    AfterItsEffect,
    AfterTheAppend,
}

/// The requests that a kill at this point leads to, for one effect.
async fn check(point: Point, requests: usize) {
    let folder = Folder::new();
    let file = folder.file().display().to_string();
    let payments = Payments::start().await;
    let store = sqlite(&folder);
    let main = main_run();
    if point == Point::BeforeTheTask {
        command(&file, &["tasks", "pause"]);
    }
    let held = match point {
        Point::InTheTask => Some(Rule::HoldBefore),
        Point::AfterItsEffect => Some(Rule::HoldAfter),
        Point::BeforeTheTask | Point::AfterTheAppend => None,
    };
    payments.expect(held);
    let program = Program::start(&file, &payments).await;
    program.ok("place", json!({"cents": 1_200, "card": "tok_1"})).await;
    match point {
        Point::BeforeTheTask => {}
        Point::InTheTask => {
            payments.until("a request", |ledger| ledger.asked.len() == 1).await;
        }
        Point::AfterItsEffect => {
            payments.until("an effect", |ledger| ledger.effects.len() == 1).await;
        }
        Point::AfterTheAppend => until_in(&*store, &main, "PAID").await,
    }
    program.kill().await;
    if point == Point::BeforeTheTask {
        assert_eq!(payments.ledger().asked, []);
        command(&file, &["tasks", "resume"]);
    }
    // The order after it ends as well, so that the first had its time.
    let program = Program::start(&file, &payments).await;
    until_in(&*store, &main, "PAID").await;
    program.ok("start_run", json!({"run": "next"})).await;
    program.ok("place", order("next")).await;
    until_in(&*store, &run("next"), "PAID").await;
    payments.release();

    let ledger = payments.ledger();
    assert_eq!((ledger.asked.len(), ledger.effects.len()), (requests + 1, 2), "{ledger:?}");
    let keys: Vec<_> = ledger.asked.iter().map(|asked| &asked.key).collect();
    assert!(keys[..requests].iter().all(|key| *key == keys[0]), "{keys:?}");
    assert_ne!(keys[0], keys[requests]);
    assert_eq!(events(&*store, &main).await, PLACED);
    command(&file, &["replay", "main"]);
}

#[tokio::test]
async fn killed_before_the_task() {
    check(Point::BeforeTheTask, 1).await;
}

#[tokio::test]
async fn killed_in_the_task() {
    check(Point::InTheTask, 2).await;
}

#[tokio::test]
async fn killed_after_the_effect() {
    check(Point::AfterItsEffect, 2).await;
}

#[tokio::test]
async fn killed_after_the_append() {
    check(Point::AfterTheAppend, 1).await;
}

/// Programs die at any moment, one after another: in the end every card was charged, each once.
#[tokio::test]
async fn killed_at_any_moment() {
    let rounds = if std::env::var_os("LEVERFRAME_FULL").is_some() { 100 } else { 6 };
    let folder = Folder::new();
    let file = folder.file().display().to_string();
    let payments = Payments::start().await;
    let store = sqlite(&folder);
    let mut random = fastrand::Rng::with_seed(10);
    let orders: Vec<_> = (0..rounds * 4).map(|number| format!("o{number}")).collect();
    for placed in orders.chunks(4) {
        let program = Program::start(&file, &payments).await;
        for order in placed {
            program.ok("start_run", json!({"run": order})).await;
        }
        payments.expect(
            std::iter::repeat_with(|| match random.u8(0..4) {
                0 => Rule::HoldBefore,
                1 => Rule::HoldAfter,
                2 => Rule::Status(503),
                _ => Rule::Answer,
            })
            .take(2),
        );
        let before = payments.ledger().asked.len();
        for name in placed {
            program.ok("place", order(name)).await;
        }
        let requests = before + random.usize(0..=placed.len());
        payments.until("requests", |ledger| ledger.asked.len() >= requests).await;
        program.kill().await;
        payments.release();
    }
    let _program = Program::start(&file, &payments).await;
    for order in &orders {
        until_in(&*store, &run(order), "PAID").await;
        assert_eq!(events(&*store, &run(order)).await, PLACED, "{order}");
    }
    let ledger = payments.ledger();
    assert_eq!(ledger.effects("/charges"), orders.len());
    let (kills, asked) = (rounds, ledger.asked.len());
    report("tasks", &format!("{} orders, {kills} kills, {asked} requests", orders.len()));
}
