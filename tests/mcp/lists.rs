//! The lists: small, constant, and complete.

use serde_json::{Value, json};

use super::Raw;

const LISTS: [&str; 4] =
    ["tools/list", "prompts/list", "resources/list", "resources/templates/list"];

#[tokio::test]
async fn lists_never_change() {
    let mut raw = Raw::start(&["serve"]);
    let mut before = Vec::new();
    for list in LISTS {
        before.push(raw.ask(list, json!({})).await["result"].clone());
    }
    for (tool, arguments) in [
        ("start_run", json!({"run": "another"})),
        ("transition_state", json!({"new_state": "EXECUTING"})),
        ("add_user_message", json!({"message": "m"})),
        ("transition_state", json!({"new_state": "IDLE"})),
    ] {
        raw.ask("tools/call", json!({"name": tool, "arguments": arguments})).await;
        for (list, before) in LISTS.iter().zip(&before) {
            let after = raw.ask(list, json!({})).await;
            assert_eq!(after["result"], *before, "{list} after {tool}");
        }
    }
}

#[tokio::test]
async fn the_tools_are_small_and_annotated() {
    const READING: [&str; 8] = [
        "get_conversation_history",
        "get_current_state",
        "get_history",
        "get_knowledge",
        "get_task_data",
        "list_knowledge_keys",
        "list_runs",
        "list_task_data_keys",
    ];
    const CHANGING: [&str; 8] = [
        "add_assistant_message",
        "add_system_message",
        "add_user_message",
        "fork_run",
        "start_run",
        "store_knowledge",
        "store_task_data",
        "transition_state",
    ];
    let mut raw = Raw::start(&["serve"]);
    let answer = raw.ask("tools/list", json!({})).await;
    let tools = answer["result"]["tools"].as_array().unwrap();
    let size = serde_json::to_string(tools).unwrap().len();
    assert!(size <= 10_000, "{size} bytes");
    let named = |reading: bool| {
        let fits = |tool: &&Value| (tool["annotations"]["readOnlyHint"] == json!(true)) == reading;
        let names = tools.iter().filter(fits).map(|tool| tool["name"].as_str().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort_unstable();
        names
    };
    assert_eq!(named(true), READING);
    assert_eq!(named(false), CHANGING);
    for tool in tools {
        let schema = &tool["inputSchema"];
        assert_eq!(schema["type"], "object");
        assert_eq!(schema["additionalProperties"], false, "{tool}");
        assert!(tool["description"].as_str().is_some_and(|docs| docs.ends_with('.')), "{tool}");
        let is_list = tool["name"] == "list_runs";
        assert_eq!(schema["properties"]["run"].is_object(), !is_list, "{tool}");
        let makes_run = tool["name"] == "start_run" || tool["name"] == "fork_run";
        let takes_version = tool["annotations"]["readOnlyHint"].is_null() && !makes_run;
        assert_eq!(schema["properties"]["expected_version"].is_object(), takes_version, "{tool}");
        assert!(!schema.to_string().contains("null"), "{tool}");
        assert_eq!(tool["annotations"]["openWorldHint"], false);
    }
}

#[tokio::test]
async fn prompts_and_resources_are_listed() {
    let mut raw = Raw::start(&["serve"]);
    let prompts = raw.ask("prompts/list", json!({})).await;
    let prompts = prompts["result"]["prompts"].as_array().unwrap();
    let arguments = |prompt: &Value| match &prompt["arguments"] {
        Value::Null => Vec::new(),
        arguments => super::each(arguments, "name").into_iter().map(str::to_owned).collect(),
    };
    let named: Vec<_> = prompts
        .iter()
        .map(|prompt| (prompt["name"].as_str().unwrap(), arguments(prompt)))
        .collect();
    let expected = [
        ("idle_prompt", None),
        ("planning_prompt", Some("task_description")),
        ("researching_prompt", Some("research_topic")),
        ("executing_prompt", Some("action_plan")),
        ("reviewing_prompt", None),
        ("error_prompt", Some("error_description")),
    ]
    .map(|(name, argument)| (name, argument.map(str::to_owned).into_iter().collect::<Vec<_>>()));
    assert_eq!(named, expected);

    raw.ask("tools/call", json!({"name": "start_run", "arguments": {"run": "a"}})).await;
    let resources = raw.ask("resources/list", json!({})).await;
    let uris = super::each(&resources["result"]["resources"], "uri");
    assert_eq!(uris, ["state://current", "machine://chart", "orchestration://history"]);
    let templates = raw.ask("resources/templates/list", json!({})).await;
    let uris = super::each(&templates["result"]["resourceTemplates"], "uriTemplate");
    let expected = [
        "state://{state}/prompt",
        "run://{run}/state",
        "run://{run}/history",
        "run://{run}/prompt/{state}",
    ];
    assert_eq!(uris, expected);
}

#[tokio::test]
async fn a_list_has_one_page() {
    let mut raw = Raw::start(&["serve"]);
    for list in LISTS {
        let answer = raw.ask(list, json!({"cursor": "x"})).await;
        assert_eq!(answer["error"]["code"], -32602, "{list}");
    }
}

#[tokio::test]
async fn nothing_is_advertised_that_is_not_there() {
    let mut raw = Raw::start(&["serve"]);
    let answer = raw.ask("server/discover", json!({})).await;
    let resources = json!({"subscribe": true});
    let capabilities = json!({
        "tools": {}, "prompts": {}, "resources": resources, "completions": {}, "logging": {},
    });
    assert_eq!(answer["result"]["capabilities"], capabilities);
    let level = json!({"level": "info"});
    let answer = raw.ask("logging/setLevel", level.clone()).await;
    assert_eq!(answer["error"]["code"], -32601, "{answer}");
    let mut raw = Raw::start(&["serve"]);
    raw.initialize().await;
    let answer = raw.ask_legacy("logging/setLevel", level).await;
    assert_eq!(answer["result"], json!({}), "{answer}");
}
