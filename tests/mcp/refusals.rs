//! What a refusal says, and that a refused call changes nothing.

use serde_json::json;

use super::Client;

#[tokio::test]
async fn an_illegal_move_names_the_legal_ones() {
    let client = Client::start().await;
    client.go("EXECUTING").await;
    let refused = client.error("transition_state", json!({"new_state": "idle"})).await;
    assert_eq!(
        refused,
        json!({
            "run": "main", "version": 1, "state": "EXECUTING",
            "refused": {"event": "rest", "to": "IDLE", "kind": "no_transition",
                "reason": "no move leads from EXECUTING to IDLE"},
            "legal": [
                {"event": "review", "to": ["REVIEWING"]},
                {"event": "fail", "to": ["ERROR"], "arguments": {"error_description?": "string"}},
            ],
        }),
    );
    let next = refused["legal"][0]["to"][0].as_str().unwrap();
    assert_eq!(client.go(next).await["state"], "REVIEWING", "the refusal is all that is needed");
}

/// All pairs of states of the orchestrator, against the table of the design.
#[tokio::test]
async fn every_pair_of_states_is_as_the_table_says() {
    const TABLE: [(&str, &[&str]); 6] = [
        ("IDLE", &["PLANNING", "RESEARCHING", "EXECUTING", "ERROR"]),
        ("PLANNING", &["IDLE", "RESEARCHING", "EXECUTING", "ERROR"]),
        ("RESEARCHING", &["PLANNING", "EXECUTING", "REVIEWING", "ERROR"]),
        ("EXECUTING", &["REVIEWING", "ERROR"]),
        ("REVIEWING", &["PLANNING", "EXECUTING", "IDLE", "ERROR"]),
        ("ERROR", &["IDLE", "PLANNING", "RESEARCHING", "EXECUTING"]),
    ];
    const WAYS: [(&str, &[&str]); 6] = [
        ("IDLE", &[]),
        ("PLANNING", &["PLANNING"]),
        ("RESEARCHING", &["RESEARCHING"]),
        ("EXECUTING", &["EXECUTING"]),
        ("REVIEWING", &["EXECUTING", "REVIEWING"]),
        ("ERROR", &["ERROR"]),
    ];
    let client = Client::start().await;
    for ((from, legal), (_, way)) in TABLE.into_iter().zip(WAYS) {
        for (to, _) in TABLE {
            let run = format!("{from}-{to}");
            client.ok("start_run", json!({"run": run})).await;
            for step in way {
                client.ok("transition_state", json!({"run": run, "new_state": step})).await;
            }
            let result =
                client.call("transition_state", json!({"run": run, "new_state": to})).await;
            let answer = result.structured_content.unwrap();
            let (error, state) = if legal.contains(&to) { (false, to) } else { (true, from) };
            assert_eq!(result.is_error, Some(error), "{from} to {to}: {answer}");
            assert_eq!(answer["state"], state, "{from} to {to}");
        }
    }
}

#[tokio::test]
async fn a_stale_version_is_refused_with_the_actual_one() {
    let client = Client::start().await;
    client.ok("add_user_message", json!({"message": "a", "expected_version": 0})).await;
    for (tool, arguments, event) in [
        ("add_user_message", json!({"message": "b", "expected_version": 0}), "add_user_message"),
        ("transition_state", json!({"new_state": "PLANNING", "expected_version": 7}), "plan"),
    ] {
        let expected = arguments["expected_version"].clone();
        let answer = client.error(tool, arguments).await;
        assert_eq!(answer["version"], 1);
        assert_eq!(answer["refused"]["kind"], "conflict");
        assert_eq!(answer["refused"]["event"], event);
        let reason = format!("the run is at version 1, not {expected}");
        assert_eq!(answer["refused"]["reason"], reason);
        assert_eq!(answer["legal"][0]["event"], "plan");
    }
    let history = client.ok("get_conversation_history", json!({})).await;
    assert_eq!(history["value"], json!([{"role": "user", "content": "a"}]));
    client.ok("transition_state", json!({"new_state": "PLANNING", "expected_version": 1})).await;
}

#[tokio::test]
async fn a_run_is_started_once() {
    let client = Client::start().await;
    client.ok("start_run", json!({"run": "a"})).await;
    client.ok("add_user_message", json!({"run": "a", "message": "m"})).await;
    let answer = client.error("start_run", json!({"run": "a"})).await;
    assert_eq!((&answer["run"], &answer["version"]), (&json!("a"), &json!(1)));
    assert_eq!(answer["refused"]["kind"], "conflict");
    assert!(answer["refused"]["reason"].as_str().unwrap().contains("`a-2`"), "{answer}");
    client.ok("start_run", json!({})).await;
    client.error("start_run", json!({})).await;
}

/// Many calls at once, on two runs: each run takes all of its own, in one order, and none of the other's.
#[tokio::test]
async fn runs_do_not_disturb_each_other() {
    const CALLS: usize = 50;
    let client = Client::start().await;
    let runs = ["a", "b"];
    for run in runs {
        client.ok("start_run", json!({"run": run})).await;
    }
    let calls = (0..CALLS).flat_map(|number| {
        let client = &client;
        runs.map(|run| {
            client.ok("add_user_message", json!({"run": run, "message": format!("{run}{number}")}))
        })
    });
    futures::future::join_all(calls).await;
    for run in runs {
        let said =
            client.ok("get_conversation_history", json!({"run": run, "max_messages": 1000})).await;
        assert_eq!(said["version"], CALLS);
        let mut said = super::each(&said["value"], "content")
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>();
        said.sort();
        let mut expected: Vec<_> = (0..CALLS).map(|number| format!("{run}{number}")).collect();
        expected.sort();
        assert_eq!(said, expected);
    }
}
