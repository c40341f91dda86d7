//! Every tool, resource and prompt once, by clients of both styles.

use leverframe::mcp::rmcp::model::{
    GetPromptRequestParams, ReadResourceRequestParams, ResourceContents,
};
use serde_json::{Value, json};

use super::{Client, STYLES, each, object};

#[tokio::test]
async fn everything_works_in_both_styles() {
    for style in STYLES {
        let client = Client::begin(style()).await;
        tools(&client).await;
        resources(&client).await;
        prompts(&client).await;
    }
}

async fn tools(client: &Client) {
    let before = client.ok("get_current_state", json!({})).await;
    assert_eq!(before["state"], "IDLE");
    assert_eq!(before["version"], 0);
    assert_eq!(before["description"], "Waiting for instructions.");
    let targets = [["PLANNING"], ["RESEARCHING"], ["EXECUTING"], ["ERROR"]];
    for (legal, to) in before["legal"].as_array().unwrap().iter().zip(targets) {
        assert_eq!(legal["to"], json!(to));
    }
    let described = json!({"type": "string", "description": "What to plan."});
    assert_eq!(before["legal"][0]["arguments"], json!({"task_description?": described}));
    assert_eq!(
        client.ok("list_runs", json!({})).await,
        json!({"runs": []}),
        "reading starts nothing"
    );

    let started = client.ok("start_run", json!({"run": "other"})).await;
    assert_eq!((&started["run"], &started["version"]), (&json!("other"), &json!(0)));

    let call = json!({"new_state": "planning", "arguments": {"task_description": "tea"}});
    assert_eq!(
        client.ok("transition_state", call).await,
        json!({
            "run": "main", "version": 1, "state": "PLANNING", "event": "plan",
            "legal": [
                {"event": "rest", "to": ["IDLE"]},
                {"event": "research", "to": ["RESEARCHING"], "arguments": {"research_topic?": "string"}},
                {"event": "execute", "to": ["EXECUTING"], "arguments": {"action_plan?": "string"}},
                {"event": "fail", "to": ["ERROR"], "arguments": {"error_description?": "string"}},
            ],
        }),
    );

    for (place, role) in ["user", "assistant", "system"].into_iter().enumerate() {
        let answer = client.ok(&format!("add_{role}_message"), json!({"message": role})).await;
        assert_eq!(answer["version"], 2 + place);
        assert_eq!(answer["state"], "PLANNING");
    }
    let history = client.ok("get_conversation_history", json!({})).await;
    let message = |role: &str| json!({"role": role, "content": role});
    let messages = json!([message("user"), message("assistant"), message("system")]);
    assert_eq!(history, json!({"run": "main", "version": 4, "value": messages}));
    let newest = client.ok("get_conversation_history", json!({"max_messages": 1})).await;
    assert_eq!(newest["value"], json!([message("system")]));
    let none = client.ok("get_conversation_history", json!({"max_messages": 0})).await;
    assert_eq!(none["value"], json!([]), "none means none");

    client.ok("store_task_data", json!({"key": "k", "value": "v"})).await;
    client.ok("store_knowledge", json!({"key": "n", "value": "w"})).await;
    let value = async |tool: &str, arguments| client.ok(tool, arguments).await["value"].clone();
    assert_eq!(value("get_task_data", json!({"key": "k"})).await, "v");
    assert_eq!(value("get_task_data", json!({"key": "task_description"})).await, "tea");
    assert_eq!(value("list_task_data_keys", json!({})).await, json!(["k", "task_description"]));
    assert_eq!(value("get_knowledge", json!({"key": "n"})).await, "w");
    assert_eq!(value("list_knowledge_keys", json!({})).await, json!(["n"]));

    let first = client.ok("get_history", json!({"limit": 2})).await;
    assert_eq!(first["records"][0]["machine"], "Orchestrator");
    assert_eq!(first["records"][0]["context"]["messages"], json!([]));
    let planned = &first["records"][1];
    assert_eq!((&planned["version"], &planned["event"]), (&json!(1), &json!("plan")));
    assert_eq!(planned["arguments"], json!({"task_description": "tea"}));
    assert_eq!((&planned["from"], &planned["to"]), (&json!("IDLE"), &json!("PLANNING")));
    assert_eq!((&planned["actor"], &planned["internal"]), (&json!("local"), &json!(false)));
    let rest = client.ok("get_history", json!({"cursor": first["next_cursor"]})).await;
    let versions =
        rest["records"].as_array().unwrap().iter().map(|record| record["version"].as_u64());
    assert!(versions.eq((2..=6).map(Some)), "{rest}");
    assert_eq!(rest.get("next_cursor"), None);

    let runs = client.ok("list_runs", json!({"limit": 1})).await;
    assert_eq!(each(&runs["runs"], "run"), ["main"]);
    assert_eq!(each(&runs["runs"], "state"), ["PLANNING"]);
    let runs = client.ok("list_runs", json!({"cursor": runs["next_cursor"]})).await;
    assert_eq!(each(&runs["runs"], "run"), ["other"]);

    let other = client.ok("get_current_state", json!({"run": "other"})).await;
    assert_eq!((&other["state"], &other["version"]), (&json!("IDLE"), &json!(0)), "runs are apart");
    let keys = client.ok("list_task_data_keys", json!({"run": "other"})).await;
    assert_eq!(keys["value"], json!([]), "runs are apart");
}

async fn resources(client: &Client) {
    let json_at =
        async |uri: &str| -> Value { serde_json::from_str(&read(client, uri).await).unwrap() };
    let state = json_at("state://current").await;
    assert_eq!((&state["state"], &state["version"]), (&json!("PLANNING"), &json!(6)));
    assert_eq!(state["description"], "Creating a structured plan for a task.");
    assert_eq!(json_at("run://main/state").await, state);
    assert_eq!(json_at("run://other/state").await["state"], "IDLE");
    assert_eq!(json_at("run://main/history").await["records"].as_array().unwrap().len(), 7);
    let said = json_at("orchestration://history").await;
    assert_eq!(said[0], json!({"role": "user", "content": "user"}));
    assert!(
        read(client, "machine://chart")
            .await
            .contains("IDLE --> PLANNING: plan(task_description?)")
    );

    let text = read(client, "state://planning/prompt").await;
    assert!(
        text.contains("PLANNING") && text.contains("tea") && text.contains("RESEARCHING"),
        "{text}"
    );
    let text = read(client, "run://other/prompt/PLANNING").await;
    assert!(text.contains("PLANNING") && !text.contains("tea"), "{text}");
}

async fn prompts(client: &Client) {
    let prompts = client.service.list_all_prompts().await.unwrap();
    assert_eq!(prompts.len(), 6);
    for prompt in prompts {
        let arguments = prompt.arguments.unwrap_or_default();
        let given = arguments.iter().map(|argument| (argument.name.clone(), json!("given for it")));
        let request = GetPromptRequestParams::new(&prompt.name).with_arguments(given.collect());
        let answer = client.service.get_prompt(request).await.unwrap();
        let text = answer.messages[0].content.as_text().unwrap().text.clone();
        let state = prompt.name.trim_end_matches("_prompt").to_uppercase();
        assert!(text.contains(&state), "{text}");
        assert_eq!(text.contains("given for it"), !arguments.is_empty(), "{text}");
    }
    let request = GetPromptRequestParams::new("planning_prompt").with_arguments(object(json!({})));
    let answer = client.service.get_prompt(request).await.unwrap();
    let text = answer.messages[0].content.as_text().unwrap().text.clone();
    assert!(text.contains("tea"), "an argument that is left out comes from the task data: {text}");
}

async fn read(client: &Client, uri: &str) -> String {
    let answer = client.service.read_resource(ReadResourceRequestParams::new(uri)).await.unwrap();
    match answer.contents.into_iter().next() {
        Some(ResourceContents::TextResourceContents { text, .. }) => text,
        other => panic!("{uri}: {other:?}"),
    }
}
