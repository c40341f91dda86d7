//! Invalid requests are refused, with what is expected.

use serde_json::{Value, json};

use super::{Client, Raw};

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
async fn arguments_are_checked() {
    let client = Client::start().await;
    for (tool, arguments, problems) in [
        (
            "store_task_data",
            json!({"kee": "a", "value": "b"}),
            &[
                (
                    "kee",
                    "no such argument; did you mean `key`? known: `expected_version`, `key`, `request_key`, `run`, `value`",
                ),
                ("key", "it is missing; expected a string (The key, which may exist)"),
            ][..],
        ),
        (
            "store_task_data",
            json!({"key": 1, "value": ["b"]}),
            &[
                ("key", "it is 1; expected a string (The key, which may exist)"),
                ("value", "it is an array; expected a string (What to store)"),
            ],
        ),
        (
            "get_conversation_history",
            json!({"max_messages": "3"}),
            &[("max_messages", "it is a string; expected an integer from 0 up (How many at most)")],
        ),
        (
            "get_conversation_history",
            json!({"max_messages": -1}),
            &[("max_messages", "it is -1; expected an integer from 0 up (How many at most)")],
        ),
        (
            "get_conversation_history",
            json!({"max_messages": null}),
            &[(
                "max_messages",
                "it is null, which is left out instead; expected an integer from 0 up (How many at most)",
            )],
        ),
        (
            "get_current_state",
            json!({"state": "IDLE"}),
            &[("state", "no such argument; known: `context`, `run`")],
        ),
        (
            "get_history",
            json!({"limit": 201}),
            &[("limit", "it is 201; expected an integer from 1 to 200")],
        ),
        (
            "get_history",
            json!({"limit": 0}),
            &[("limit", "it is 0; expected an integer from 1 to 200")],
        ),
        (
            "get_history",
            json!({"cursor": "x"}),
            &[(
                "cursor",
                "`x` is no cursor of this query; expected the `next_cursor` of the page before, with the same other \
                 arguments",
            )],
        ),
        (
            "start_run",
            json!({"run": "a b"}),
            &[(
                "run",
                "`a b` cannot name a run; use 1 to 64 letters, digits, `-`, `_` or `.`, such as `a-b`",
            )],
        ),
        (
            "add_user_message",
            json!({"message": "m", "expected_version": 1.5}),
            &[(
                "expected_version",
                "it is 1.5; expected an integer from 0 up (refused at any other)",
            )],
        ),
        (
            "transition_state",
            json!({}),
            &[(
                "new_state",
                "it is missing; expected a string (IDLE, PLANNING, RESEARCHING, EXECUTING, REVIEWING, ERROR)",
            )],
        ),
        (
            "transition_state",
            json!({"new_state": "planing"}),
            &[(
                "new_state",
                "no state is named `planing`; did you mean `PLANNING`? known: `IDLE`, `PLANNING`, \
                `RESEARCHING`, `EXECUTING`, `REVIEWING`, `ERROR`",
            )],
        ),
        (
            "transition_state",
            json!({"new_state": "PLANNING", "arguments": {"task": "a"}}),
            &[(
                "arguments.task",
                "no such argument; did you mean `task_description`? known: `task_description`",
            )],
        ),
        (
            "transition_state",
            json!({"new_state": "PLANNING", "arguments": {"task_description": 5}}),
            &[("arguments.task_description", "it is 5; expected a string (What to plan)")],
        ),
    ] {
        let answer = client.error(tool, arguments.clone()).await;
        let expected: Vec<_> = problems
            .iter()
            .map(|(argument, reason)| json!({"argument": argument, "reason": reason}))
            .collect();
        assert_eq!(answer["invalid"], Value::Array(expected), "{tool} {arguments}");
        assert_eq!(answer["operation"], tool);
        assert!(answer["arguments"].is_object(), "{answer}");
    }
    assert_eq!(client.ok("list_runs", json!({})).await["runs"], json!([]), "nothing came of it");
}

#[tokio::test]
async fn what_is_not_there_is_an_error() {
    let client = Client::start().await;
    let answer = client.error("get_task_data", json!({"key": "k"})).await;
    let reason = "no task data is stored under `k`; none is stored at all";
    let failed = json!({"operation": "get_task_data", "reason": reason});
    assert_eq!(answer, json!({"run": "main", "failed": failed}));

    client.ok("start_run", json!({"run": "a"})).await;
    for tool in ["get_current_state", "get_history", "list_knowledge_keys"] {
        let answer = client.error(tool, json!({"run": "b"})).await;
        let reason = "the run `b` was never started; start it with `start_run`; runs: `a`";
        assert_eq!(answer["invalid"], json!([{"argument": "run", "reason": reason}]), "{tool}");
        assert_eq!(answer["runs"], json!(["a"]));
    }
    client.error("add_user_message", json!({"run": "b", "message": "m"})).await;
    client.error("transition_state", json!({"run": "b", "new_state": "PLANNING"})).await;
    let runs = client.ok("list_runs", json!({})).await;
    assert_eq!(super::each(&runs["runs"], "run"), ["a"], "nothing came of it");
}

/// What the protocol itself has an error for.
#[tokio::test]
async fn unknown_names_are_errors_of_the_protocol() {
    const UNKNOWN: [(&str, &str, &str, &str); 9] = [
        ("tools/call", "name", "get_curent_state", "did you mean `get_current_state`?"),
        ("tools/call", "name", "plan", "no tool is named `plan`"),
        ("prompts/get", "name", "planing_prompt", "did you mean `planning_prompt`?"),
        ("resources/read", "uri", "state://PLANING/prompt", "did you mean `PLANNING`?"),
        ("resources/read", "uri", "state://IDLE", "no resource is at `state://IDLE`"),
        ("resources/read", "uri", "run://nobody/state", "the run `nobody` was never started"),
        ("resources/read", "uri", "run://nobody/history", "the run `nobody` was never started"),
        ("resources/read", "uri", "run://a b/state", "such as `a-b`"),
        ("resources/read", "uri", "file:///etc/passwd", "no resource is at"),
    ];
    let mut raw = Raw::start(&["serve"]);
    for (method, key, name, message) in UNKNOWN {
        let answer = raw.ask(method, json!({key: name})).await;
        assert_eq!(answer["error"]["code"], -32602, "{method} {name}");
        assert!(answer["error"]["message"].as_str().unwrap().contains(message), "{answer}");
    }
    let answer =
        raw.ask("prompts/get", json!({"name": "idle_prompt", "arguments": {"a": "b"}})).await;
    assert_eq!(answer["error"]["code"], -32602);
    assert!(
        answer["error"]["message"].as_str().unwrap().contains("`a`: no such argument"),
        "{answer}"
    );

    let mut raw = Raw::start(&["serve"]);
    raw.initialize().await;
    for (method, key, name, _) in UNKNOWN {
        let answer = raw.ask_legacy(method, json!({key: name})).await;
        let code = if method == "resources/read" { -32002 } else { -32602 };
        assert_eq!(answer["error"]["code"], code, "{method} {name}");
    }
}
