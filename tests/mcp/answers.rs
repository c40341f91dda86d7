//! What answers cost, and what they show: the demo's own calls, measured.

use leverframe::mcp::Server;
use leverframe::runs::Runs;
use leverframe::store::memory::MemoryStore;
use serde_json::{Value, json};
use std::sync::Arc;

use super::Client;
use super::own_machine::connect;
use super::restarts::Folder;
use super::timeouts::serve;
use crate::walk::machines::Purchase;

/// The calls of the demo that change a run.
fn changes() -> Vec<(&'static str, Value)> {
    let go = |state: &str, arguments: Value| {
        ("transition_state", json!({"new_state": state, "arguments": arguments}))
    };
    let store = |tool, key: &str, value: &str| (tool, json!({"key": key, "value": value}));
    vec![
        ("add_user_message", json!({"message": "Plan a month of posts about our bakery."})),
        go("PLANNING", json!({"task_description": "four posts about a bakery"})),
        store("store_task_data", "action_plan", "1 sourdough, 2 the oven"),
        go("RESEARCHING", json!({"research_topic": "when bakery posts are read"})),
        store("store_knowledge", "best_time", "Thursday at six in the evening"),
        go("EXECUTING", json!({})),
        go("ERROR", json!({"error_description": "the photo of week 2 is missing"})),
        go("EXECUTING", json!({})),
        store("store_task_data", "calendar", "week 1: sourdough"),
        go("REVIEWING", json!({})),
        ("add_assistant_message", json!({"message": "Your calendar is ready."})),
        go("IDLE", json!({})),
    ]
}

#[tokio::test]
async fn an_answer_costs_at_most_400_bytes_at_the_median() {
    let client = Client::start().await;
    let mut sizes = Vec::new();
    for (tool, arguments) in changes() {
        let result = client.call(tool, arguments).await;
        assert_ne!(result.is_error, Some(true), "{result:?}");
        let text = result.content[0].as_text().unwrap().text.clone();
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert!(!answer["legal"].as_array().unwrap().is_empty(), "{answer}");
        sizes.push(text.len());
    }
    sizes.sort_unstable();
    let (sum, median) = (sizes.iter().sum::<usize>(), sizes[sizes.len() / 2]);
    assert!(median <= 400 && sum <= 400 * sizes.len(), "{median}, {sum} in all: {sizes:?}");
}

#[tokio::test]
async fn answers_show_what_a_state_holds() {
    let folder = Folder::new("answers");
    let client = serve("purchase", &folder.path("runs.db")).await;
    let tea = json!({"name": "tea", "cents": 7, "quantity": 2});
    let put = client.ok("put", json!({"items": [tea]})).await;
    assert_eq!((put.get("data"), put.get("blocked"), put.get("final")), (None, None, None));
    let asked = client.ok("ask", json!({})).await;
    assert_eq!(asked["data"], json!({"total_cents": 14}));
    // What stays says so, and the arguments stand in the list of tools.
    let remark = asked["legal"].as_array().unwrap().iter().find(|legal| legal["event"] == "remark");
    assert_eq!(remark, Some(&json!({"event": "remark", "stays": true})));

    let state = client.ok("get_current_state", json!({"context": true})).await;
    assert_eq!(state["context"][0]["name"], "tea");
    let part = client.ok("get_current_state", json!({"context": "/0/cents"})).await;
    assert_eq!(part["context"], 7);
    let none = client.error("get_current_state", json!({"context": "/9"})).await;
    assert!(none["invalid"][0]["reason"].as_str().unwrap().contains("nothing at `/9`"), "{none}");
    let wrong = client.error("get_current_state", json!({"context": 7})).await;
    assert!(wrong["invalid"][0]["reason"].as_str().unwrap().contains("JSON Pointer"), "{wrong}");

    let cancelled = client.ok("cancel", json!({})).await;
    assert_eq!((&cancelled["final"], &cancelled["legal"]), (&json!(true), &json!([])));
}

#[tokio::test]
async fn a_history_is_read_from_both_ends_and_by_event() {
    let client = Client::start().await;
    for place in 0..7 {
        client.ok("add_user_message", json!({"message": format!("{place}")})).await;
        client.ok("store_knowledge", json!({"key": "k", "value": "v"})).await;
    }
    let read = async |arguments: Value| client.ok("get_history", arguments).await;
    let versions = |page: &Value| -> Vec<u64> {
        let records = page["records"].as_array().unwrap();
        records.iter().map(|record| record["version"].as_u64().unwrap()).collect()
    };
    let newest = json!({"order": "newest", "limit": 6});
    let page = read(newest.clone()).await;
    assert_eq!(versions(&page), [14, 13, 12, 11, 10, 9]);
    let mut next = newest;
    next["cursor"] = page["next_cursor"].clone();
    let page = read(next.clone()).await;
    assert_eq!(versions(&page), [8, 7, 6, 5, 4, 3]);
    next["cursor"] = page["next_cursor"].clone();
    let page = read(next.clone()).await;
    assert_eq!((versions(&page), page.get("next_cursor")), (vec![2, 1, 0], None));

    // A cursor is of its query.
    next["order"] = json!("oldest");
    for other in
        [next.clone(), json!({"cursor": "8"}), json!({"cursor": next["cursor"], "run": "main"})]
    {
        let refused = client.error("get_history", other).await;
        let reason = refused["invalid"][0]["reason"].as_str().unwrap();
        assert!(reason.contains("no cursor of this query"), "{reason}");
    }

    let event = json!({"event": "add_user_message", "limit": 4, "arguments": false});
    let page = read(event.clone()).await;
    assert_eq!(versions(&page), [1, 3, 5, 7]);
    assert_eq!(page["records"][0].get("arguments"), None);
    let mut next = event;
    next["cursor"] = page["next_cursor"].clone();
    let page = read(next).await;
    assert_eq!((versions(&page), page.get("next_cursor")), (vec![9, 11, 13], None));
    let unknown = client.error("get_history", json!({"event": "add_user_mesage"})).await;
    let reason = unknown["invalid"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("`add_user_message`"), "{reason}");
}

#[tokio::test]
async fn tools_say_what_they_do() {
    let runs = Runs::<Purchase>::new(Arc::new(MemoryStore::new()));
    let server = Server::builder(runs).build().unwrap();
    let tools = server.tools();
    let tool = |name: &str| tools.iter().find(|tool| tool.name == name).unwrap();
    for tool in &tools {
        let docs = tool.description.as_deref().unwrap_or_default();
        assert!(!docs.is_empty() && docs.trim() == docs, "{}: {docs:?}", tool.name);
        assert!(tool.title.is_some() && tool.output_schema.is_some(), "{}", tool.name);
    }
    let docs = |name: &str| tool(name).description.clone().unwrap().into_owned();
    assert_eq!(
        docs("order"),
        "Order what is in the basket.\nFrom ASKED to ORDERED.\nA person decides: the call asks, and the event happens \
         when it is approved.\nIt ends the run."
    );
    assert_eq!(docs("reopen"), "Change the basket again.\nFrom ASKED to CHOOSING.");
    let destructive = |name: &str| tool(name).annotations.as_ref().unwrap().destructive_hint;
    assert_eq!(
        ["order", "cancel", "ask", "reopen"].map(destructive),
        [Some(true), Some(true), Some(false), Some(false)]
    );
    let lacking = server.undocumented();
    assert!(lacking.contains(&"argument `text` of `remark`".to_owned()), "{lacking:?}");

    let client = connect(server).await;
    let instructions = client.peer_info().unwrap().instructions.clone().unwrap();
    assert!(instructions.len() <= 1200, "{}", instructions.len());
    for part in ["machine://chart", "under way already", "`start_run`", "`waiting`"] {
        assert!(instructions.contains(part), "`{part}`: {instructions}");
    }
    let listed = client.list_all_tools().await.unwrap();
    assert_eq!(listed.len(), tools.len());
}
