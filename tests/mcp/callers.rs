//! Who makes a request, and what a repeated request is.

use std::sync::Arc;

use leverframe::api::{Answer, Api, ApiLimits, Style};
use leverframe::caller::{Caller, Way};
use leverframe::orchestrator::Orchestrator;
use leverframe::runs::Runs;
use leverframe::store::memory::MemoryStore;
use serde_json::{Value, json};

use super::{Client, each, object};

fn api() -> Api<Orchestrator> {
    let runs = Runs::new(Arc::new(MemoryStore::new()));
    Api::new(runs, Style::Target, ApiLimits::default()).unwrap()
}

fn caller(name: &str) -> Caller {
    Caller::new(name.parse().unwrap(), Way::Program)
}

async fn call(api: &Api<Orchestrator>, caller: &Caller, name: &str, arguments: Value) -> Answer {
    let operation = api.operation(name).unwrap();
    api.call(caller, operation, object(arguments)).await
}

fn json(answer: &Answer) -> Value {
    serde_json::from_str(answer.text()).unwrap()
}

#[tokio::test]
async fn each_caller_has_runs_of_its_own() {
    let (api, ada, bob) = (api(), caller("ada"), caller("bob"));
    let said = |text: &str| json!({"message": text});
    assert!(!call(&api, &ada, "add_user_message", said("a")).await.is_refusal());
    assert!(!call(&api, &ada, "start_run", json!({"run": "x"})).await.is_refusal());
    assert!(!call(&api, &bob, "start_run", json!({"run": "y"})).await.is_refusal());

    let history = call(&api, &bob, "get_conversation_history", json!({})).await;
    assert_eq!(json(&history)["value"], json!([]), "`main` is each caller's own");
    for (caller, runs) in [(&ada, &["main", "x"][..]), (&bob, &["y"])] {
        let list = json(&call(&api, caller, "list_runs", json!({})).await);
        assert_eq!(each(&list["runs"], "run"), runs);
    }
    let answer = call(&api, &bob, "get_history", json!({"run": "x"})).await;
    assert!(answer.is_refusal());
    assert_eq!(json(&answer)["runs"], json!(["y"]), "the runs of others are not named");
    let history = json(&call(&api, &ada, "get_history", json!({})).await);
    assert_eq!(each(&history["records"], "actor"), ["ada", "ada"]);
    assert_eq!(api.status(&bob, Some("x")).await.unwrap_err().reason(), {
        "the run `x` was never started; runs: `y`"
    });
}

/// Two workers with one principal claim the same work at the same version: one of them learns that it lost.
#[tokio::test]
async fn a_version_is_a_precondition_and_nothing_else() {
    let client = Client::start().await;
    for (tool, arguments) in [
        ("add_user_message", json!({"message": "mine", "expected_version": 0})),
        ("transition_state", json!({"new_state": "PLANNING", "expected_version": 1})),
    ] {
        client.ok(tool, arguments.clone()).await;
        let refused = client.error(tool, arguments).await;
        assert_eq!(refused["refused"]["kind"], "conflict", "{refused}");
        assert!(refused.get("replayed").is_none(), "{refused}");
    }
    assert_eq!(client.ok("get_current_state", json!({})).await["version"], 2);

    let most = json!({"new_state": "IDLE", "expected_version": u64::MAX});
    let refused = client.error("transition_state", most).await;
    let reason = format!("the run is at version 2, not {}", u64::MAX);
    assert_eq!(refused["refused"]["reason"], reason);
    let most = json!({"message": "m", "expected_version": u64::MAX});
    assert_eq!(client.error("add_user_message", most).await["refused"]["reason"], reason);
    // A stale version is named also if no move leads to the state.
    let stale = json!({"new_state": "PLANNING", "expected_version": 1});
    assert_eq!(client.error("transition_state", stale).await["refused"]["kind"], "conflict");
}

#[tokio::test]
async fn a_request_key_makes_a_repeated_call_an_answer() {
    let client = Client::start().await;
    let plan = json!({"new_state": "PLANNING", "request_key": "k", "arguments": {"task_description": "tea"}});
    client.ok("transition_state", plan.clone()).await;
    client.go("EXECUTING").await;
    // No move leads from EXECUTING to PLANNING any more.
    let again = client.ok("transition_state", plan).await;
    assert_eq!((&again["replayed"], &again["version"]), (&json!(true), &json!(2)));
    assert_eq!((&again["event"], &again["state"]), (&json!("plan"), &json!("EXECUTING")));
    for other in [
        json!({"new_state": "PLANNING", "request_key": "k"}),
        json!({"new_state": "REVIEWING", "request_key": "k"}),
    ] {
        let refused = client.error("transition_state", other).await;
        assert_eq!(refused["refused"]["kind"], "conflict");
        assert_eq!(refused["version"], 2);
        let reason = refused["refused"]["reason"].as_str().unwrap();
        assert!(reason.contains("`k` was used for another request"), "{reason}");
    }
    client.ok("start_run", json!({"run": "a", "request_key": "s"})).await;
    let again = client.ok("start_run", json!({"run": "a", "request_key": "s"})).await;
    assert_eq!(again["replayed"], true);
    let history = client.ok("get_history", json!({"limit": 2})).await;
    assert_eq!(history["records"][1]["request_key"], "k");
}
