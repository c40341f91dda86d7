//! Who makes a request, and what a repeated request is.

use std::sync::Arc;

use leverframe::api::{Answer, Api, ApiLimits, Style};
use leverframe::caller::{Caller, ClientName, Role, Way};
use leverframe::orchestrator::Orchestrator;
use leverframe::record::{Hash, Record, RunId, Version};
use leverframe::runs::Runs;
use leverframe::store::PageLimit;
use leverframe::store::memory::MemoryStore;
use serde_json::{Value, json};

use super::restarts::{Folder, lines, said};
use super::{Client, STYLES, each, object, program};

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

/// A record names the client that requested it, as it names itself in either way to begin.
#[tokio::test]
async fn records_name_the_client() {
    let folder = Folder::new("clients");
    for (style, file) in STYLES.into_iter().zip(["modern.db", "legacy.db"]) {
        let store = folder.path(file);
        let client = Client::of(program(&["serve", "--store", &store]), style()).await;
        client.ok("start_run", json!({"run": "a"})).await;
        client.ok("add_user_message", json!({"message": "m"})).await;
        for run in ["a", "main"] {
            let history = client.ok("get_history", json!({"run": run})).await;
            let records = history["records"].as_array().unwrap();
            assert!(!records.is_empty());
            assert!(records.iter().all(|record| record["client"] == "rmcp"), "{history}");
        }
        drop(client);
        let printed = said(0, &["history", "main", "--store", &store, "--json"]);
        assert!(lines(&printed).iter().all(|record| record["client"] == "rmcp"), "{printed}");
        said(0, &["replay", "main", "--store", &store]);
    }
}

/// The hash of a record covers its client. Without one, a record is written as it would be if there were no clients.
#[tokio::test]
async fn the_hash_covers_the_client() {
    let runs = Runs::<Orchestrator>::new(Arc::new(MemoryStore::new()));
    let client = |name: &str| caller("ada").with_client(ClientName::cut(name));
    let mut hashes = Vec::new();
    for (run, caller) in ["a", "b", "c"].into_iter().zip([client("x"), client("y"), caller("ada")])
    {
        let id = RunId::new(caller.principal().clone(), run.parse().unwrap());
        runs.start(&caller, &id, None).await.unwrap();
        let page = runs.store().load(&id, Version::START, PageLimit::new(1, 1 << 20)).await;
        let record = page.unwrap().records.remove(0);
        assert_eq!(record.entry.client(), caller.client());
        assert_eq!(record.entry_json().contains("client"), caller.client().is_some());
        let entry = record.entry.clone().with_client(ClientName::cut("x"));
        hashes.push(
            Record::new(
                &Hash::NONE,
                Version::START,
                record.time,
                record.actor.clone(),
                None,
                entry,
            )
            .hash
                == record.hash,
        );
    }
    assert_eq!(hashes, [true, false, false]);
}

/// What callers with these roles get for a call that concerns the run `ada/main`: whether it is refused, and why.
#[tokio::test]
async fn roles_open_the_runs_of_others() {
    let (api, ada, bob) = (api(), caller("ada"), caller("bob"));
    let say = |run: &str| json!({"message": "m", "run": run});
    assert!(!call(&api, &ada, "add_user_message", say("main")).await.is_refusal());
    let reader = bob.clone().with_role(Role::RunsRead);
    let writer = reader.clone().with_role(Role::RunsWrite);
    let admin = caller("root").with_role(Role::Admin);
    let look = json!({"run": "ada/main"});

    // Without a role it is as if there were no such run.
    for (tool, arguments) in [
        ("get_current_state", &look),
        ("get_history", &look),
        ("add_user_message", &say("ada/main")),
    ] {
        let refused = json(&call(&api, &bob, tool, arguments.clone()).await);
        let reason = &refused["invalid"][0]["reason"];
        assert_eq!(reason, "the run `ada/main` was never started; your runs: none", "{tool}");
        let absent = arguments.to_string().replace("ada/main", "eve/none");
        let absent = serde_json::from_str(&absent).unwrap();
        let other = json(&call(&api, &bob, tool, absent).await).to_string();
        assert_eq!(other.replace("eve/none", "ada/main"), refused.to_string(), "{tool}");
    }
    let uri = api.status(&bob, Some("ada/main")).await.unwrap_err().reason();
    assert_eq!(uri, "the run `ada/main` was never started; your runs: none");

    let state = json(&call(&api, &reader, "get_current_state", look.clone()).await);
    assert_eq!(state["version"], 1, "{state}");
    let refused = json(&call(&api, &reader, "add_user_message", say("ada/main")).await);
    let reason = refused["invalid"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("`runs:write`"), "{reason}");

    for other in [&writer, &admin] {
        let answer = call(&api, other, "add_user_message", say("ada/main")).await;
        assert!(!answer.is_refusal(), "{}", answer.text());
        // Nobody starts a run for somebody else.
        let start = call(&api, other, "start_run", json!({"run": "ada/new"})).await;
        assert!(start.is_refusal(), "{}", start.text());
        let never = call(&api, other, "get_current_state", json!({"run": "eve/main"})).await;
        assert!(never.is_refusal(), "{}", never.text());
    }
    let history = json(&call(&api, &ada, "get_history", json!({})).await);
    assert_eq!(each(&history["records"], "actor"), ["ada", "ada", "bob", "root"]);

    assert!(!call(&api, &bob, "start_run", json!({"run": "y"})).await.is_refusal());
    for (caller, runs) in [(&bob, &["y"][..]), (&reader, &["ada/main", "y"]), (&ada, &["main"])] {
        let list = json(&call(&api, caller, "list_runs", json!({})).await);
        assert_eq!(each(&list["runs"], "run"), runs);
    }
    let page = json(&call(&api, &reader, "list_runs", json!({"limit": 1})).await);
    let next = json!({"limit": 1, "cursor": page["next_cursor"]});
    let page = json(&call(&api, &reader, "list_runs", next).await);
    assert_eq!(each(&page["runs"], "run"), ["y"]);
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
