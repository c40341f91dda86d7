//! Tasks of a served machine: the real program, a real service over HTTP, and processes that are killed and stopped.

use std::process::{Output, Stdio};

use serde_json::{Value, json};
use tokio::process::Command;
use tokio::time::timeout;

use super::payments::Payments;
use super::restarts::Folder;
use super::timeouts::example;
use super::{Client, PATIENCE, STYLES};

/// Orders, the service that they pay with, and the programs that serve them.
struct Shop {
    folder: Folder,
    payments: Payments,
}

impl Shop {
    async fn open(name: &str) -> Self {
        Self { folder: Folder::new(name), payments: Payments::open().await }
    }

    fn store(&self) -> String {
        self.folder.path("orders.db")
    }

    /// A program that serves the orders, with leases of one second.
    async fn serve(&self) -> Client {
        let mut command = Command::new(example("checkout"));
        command.args([
            "serve",
            "--task-lease",
            "1",
            "--gates",
            "external",
            "--store",
            &self.store(),
        ]);
        command.env("PAYMENTS", self.payments.address.to_string()).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        Client::of(command, STYLES[0]()).await
    }

    fn command(&self, arguments: &[&str]) -> Output {
        let mut command = std::process::Command::new(example("checkout"));
        command.args(arguments).args(["--store", &self.store()]).output().unwrap()
    }

    #[track_caller]
    fn said(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Client {
    async fn place(&self, run: &str, cents: u32, card: &str) -> Value {
        self.ok("place", json!({"run": run, "cents": cents, "card": card})).await
    }

    /// Looks at a run until it is in a state.
    async fn until(&self, run: &str, state: &str) -> Value {
        self.until_it(run, |seen| seen["state"] == state).await
    }

    async fn until_it(&self, run: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let looking = async {
            loop {
                let seen = self.ok("get_current_state", json!({"run": run})).await;
                if is_so(&seen) {
                    return seen;
                }
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, looking).await.expect("it comes to that")
    }

    async fn records(&self, run: &str) -> Vec<Value> {
        let history = self.ok("get_history", json!({"run": run, "limit": 200})).await;
        history["records"].as_array().unwrap().clone()
    }

    fn kill(&mut self) {
        self._server.start_kill().unwrap();
    }

    fn signal(&self, name: &str) {
        let id = self._server.id().unwrap().to_string();
        let status = std::process::Command::new("kill").args(["-s", name, &id]).status().unwrap();
        assert!(status.success());
    }
}

/// The events of a history, in their order.
fn events(records: &[Value]) -> Vec<&str> {
    records.iter().filter_map(|record| record["event"].as_str()).collect()
}

#[tokio::test]
async fn an_agent_takes_an_order_through() {
    let shop = Shop::open("tasks-agent").await;
    let client = shop.serve().await;
    let tools = client.service.list_all_tools().await.unwrap();
    let names: Vec<_> = tools.iter().map(|tool| tool.name.as_ref()).collect();
    assert!(names.contains(&"place") && names.contains(&"refund"), "{names:?}");
    for outcome in ["charged", "declined", "not_charged", "refunded", "not_refunded"] {
        assert!(!names.contains(&outcome), "an agent has no tool for `{outcome}`: {names:?}");
    }

    client.ok("start_run", json!({"run": "tea"})).await;
    let placed = client.place("tea", 700, "visa").await;
    assert_eq!(
        (&placed["state"], &placed["tasks"]),
        (&json!("CHARGING"), &json!([{"name": "charge"}]))
    );
    let paid = client.until("tea", "PAID").await;
    assert!(paid["data"]["receipt"].as_str().unwrap().starts_with("charges-"), "{paid}");
    assert_eq!(paid.get("tasks"), None);
    client.ok("refund", json!({"run": "tea"})).await;
    client.until("tea", "CANCELLED").await;
    assert_eq!(shop.payments.books(), (2, vec![1, 1]));
    let records = client.records("tea").await;
    assert_eq!(events(&records), ["place", "charged", "refund", "refunded"]);
    assert_eq!(
        (&records[2]["actor"], &records[2]["task"]),
        (&json!("@task"), &json!({"task": "charge", "since": 1, "attempts": 1}))
    );

    // A large order waits for a person, and charges nothing before.
    client.ok("start_run", json!({"run": "car"})).await;
    assert_eq!(client.place("car", 2_000_000, "visa").await["state"], "WAITING");
    client.error("approve", json!({"run": "car"})).await;
    assert_eq!(shop.payments.books().0, 2);
    shop.said(&["approve", "car"]);
    client.until("car", "PAID").await;
    assert_eq!(client.ok("ship", json!({"run": "car"})).await["state"], "SHIPPED");
    assert_eq!(shop.payments.books().0, 3);
}

#[tokio::test]
async fn attempts_and_errors_are_shown() {
    let shop = Shop::open("tasks-errors").await;
    let client = shop.serve().await;
    for (run, card, trouble) in [
        ("a", "declined", "the card was declined"),
        ("b", "stolen", "the service refused: 403 Forbidden"),
    ] {
        client.ok("start_run", json!({"run": run})).await;
        client.place(run, 700, card).await;
        client.until(run, "OPEN").await;
        let state =
            client.ok("get_current_state", json!({"run": run, "context": "/trouble"})).await;
        assert_eq!(state["context"], trouble);
    }
    client.ok("start_run", json!({"run": "c"})).await;
    client.place("c", 700, "flaky").await;
    let failed = client.until_it("c", |seen| seen["tasks"][0]["next"].is_object()).await;
    let task = &failed["tasks"][0];
    assert_eq!(
        (&task["name"], &task["error"]),
        (&json!("charge"), &json!("the service failed: 503 Service Unavailable"))
    );
    let listed = client.ok("list_runs", json!({})).await;
    assert_eq!(listed["runs"][2]["tasks"][0]["name"], "charge");
    let history = client.ok("get_history", json!({"run": "c"})).await;
    assert_eq!(history["tasks"][0]["name"], "charge");
    let runs = shop.said(&["runs"]);
    assert!(runs.contains("CHARGING: charge (attempt "), "{runs}");
    let tasks = shop.said(&["tasks", "list", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&tasks).unwrap()["task"], "charge");
    client.until("c", "PAID").await;
    assert_eq!(client.records("c").await[2]["task"]["attempts"], 3);
    assert_eq!(shop.payments.books().0, 1);
}

#[tokio::test]
async fn a_killed_program_leaves_its_task_to_the_next() {
    // Before the effect, and between the effect and the record.
    for card in ["held", "held-after"] {
        let shop = Shop::open(&format!("tasks-{card}")).await;
        let mut first = shop.serve().await;
        first.ok("start_run", json!({"run": "tea"})).await;
        first.place("tea", 700, card).await;
        timeout(PATIENCE, shop.payments.asked(1)).await.expect("an attempt");
        first.kill();
        let second = shop.serve().await;
        timeout(PATIENCE, shop.payments.asked(2)).await.expect("another attempt");
        shop.payments.release();
        second.until("tea", "PAID").await;
        assert_eq!(
            shop.payments.books(),
            (1, vec![2]),
            "{card}: one effect, two attempts, one key"
        );
        let records = second.records("tea").await;
        assert_eq!(events(&records), ["place", "charged"], "{card}");
        assert_eq!(records[2]["task"]["attempts"], 2, "{card}");
    }
}

#[tokio::test]
async fn a_program_that_is_killed_at_any_time_loses_and_doubles_nothing() {
    let shop = Shop::open("tasks-killed").await;
    let (orders, kills) = (40, 8);
    for round in 0..kills {
        let mut client = shop.serve().await;
        for order in 0..orders / kills {
            let run = format!("r{}", round * (orders / kills) + order);
            client.ok("start_run", json!({"run": run})).await;
            client.place(&run, 700, "visa").await;
        }
        client.kill();
    }
    let client = shop.serve().await;
    for order in 0..orders {
        let run = format!("r{order}");
        client.until(&run, "PAID").await;
        assert_eq!(events(&client.records(&run).await), ["place", "charged"], "{run}");
    }
    let (effects, calls) = shop.payments.books();
    assert_eq!((effects, calls.len()), (orders, orders), "one effect and one key for each order");
}

#[tokio::test]
async fn of_two_programs_one_performs_a_task() {
    let shop = Shop::open("tasks-two").await;
    let (first, second) = (shop.serve().await, shop.serve().await);
    for order in 0..20 {
        let (client, run) = (if order % 2 == 0 { &first } else { &second }, format!("r{order}"));
        client.ok("start_run", json!({"run": run})).await;
        client.place(&run, 700, "visa").await;
    }
    for order in 0..20 {
        first.until(&format!("r{order}"), "PAID").await;
    }
    assert_eq!(shop.payments.books(), (20, vec![1; 20]), "each key was sent once");
}

#[tokio::test]
async fn a_task_slower_than_its_lease_is_not_taken_over() {
    let shop = Shop::open("tasks-slow").await;
    let (first, second) = (shop.serve().await, shop.serve().await);
    first.ok("start_run", json!({"run": "tea"})).await;
    first.place("tea", 700, "held").await;
    timeout(PATIENCE, shop.payments.asked(1)).await.expect("an attempt");
    let begun = std::time::Instant::now();
    let seen = first.until_it("tea", |_| begun.elapsed().as_secs() >= 3).await;
    assert_eq!(seen["tasks"][0], json!({"name": "charge", "running": true, "attempts": 1}));
    shop.payments.release();
    second.until("tea", "PAID").await;
    assert_eq!(shop.payments.books(), (1, vec![1]));
}

#[tokio::test]
#[cfg(unix)]
async fn a_program_that_sleeps_loses_its_lease() {
    let shop = Shop::open("tasks-asleep").await;
    let first = shop.serve().await;
    first.ok("start_run", json!({"run": "tea"})).await;
    first.place("tea", 700, "held").await;
    timeout(PATIENCE, shop.payments.asked(1)).await.expect("an attempt");
    first.signal("STOP");
    let second = shop.serve().await;
    timeout(PATIENCE, shop.payments.asked(2)).await.expect("another attempt");
    shop.payments.release();
    second.until("tea", "PAID").await;
    first.signal("CONT");
    let seen = first.until("tea", "PAID").await;
    assert_eq!(seen["version"], 2, "the late outcome was refused");
    assert_eq!(events(&first.records("tea").await), ["place", "charged"]);
    assert_eq!(shop.payments.books(), (1, vec![2]));
}

#[tokio::test]
async fn a_paused_store_performs_no_task() {
    let shop = Shop::open("tasks-paused").await;
    let client = shop.serve().await;
    client.ok("start_run", json!({"run": "tea"})).await;
    assert!(shop.said(&["tasks", "pause"]).contains("one second"));
    let begun = std::time::Instant::now();
    client.until_it("tea", |_| begun.elapsed().as_millis() >= 1_100).await;
    client.place("tea", 700, "visa").await;
    let begun = std::time::Instant::now();
    let seen = client.until_it("tea", |_| begun.elapsed().as_millis() >= 1_500).await;
    assert_eq!(
        (&seen["state"], &seen["tasks"]),
        (&json!("CHARGING"), &json!([{"name": "charge", "attempts": 0}]))
    );
    assert_eq!(shop.payments.books().0, 0);
    shop.said(&["tasks", "resume"]);
    client.until("tea", "PAID").await;
    assert!(shop.said(&["tasks", "resume"]).contains("not paused"));
}

#[tokio::test]
async fn a_program_that_ends_gives_its_tasks_back() {
    let shop = Shop::open("tasks-ends").await;
    let first = shop.serve().await;
    first.ok("start_run", json!({"run": "tea"})).await;
    first.place("tea", 700, "held").await;
    timeout(PATIENCE, shop.payments.asked(1)).await.expect("an attempt");
    let Client { service, _server: mut server } = first;
    service.cancel().await.unwrap();
    assert!(timeout(PATIENCE, server.wait()).await.expect("it ends").unwrap().success());
    let listed = shop.said(&["tasks", "list", "--json"]);
    let task: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(
        (&task["running"], &task["attempts"]),
        (&json!(false), &json!(0)),
        "the attempt does not count"
    );
    let second = shop.serve().await;
    timeout(PATIENCE, shop.payments.asked(2)).await.expect("another attempt");
    shop.payments.release();
    second.until("tea", "PAID").await;
    assert_eq!(shop.payments.books(), (1, vec![2]));
}
