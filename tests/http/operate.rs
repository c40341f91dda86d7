//! The endpoint for people who decide about gates.

use serde_json::{Value, json};
use tokio::process::Command;

use super::auth::token;
use super::{Client, Era, Program};
use crate::mcp::restarts::Folder;
use crate::mcp::timeouts::example;

/// A client of the operators' endpoint.
async fn operator(token: &str, program: &Program) -> Client {
    let mut client = Client::bearing(token, program, Era::Modern).await;
    client.path = "/operate/mcp";
    client
}

#[tokio::test]
async fn a_person_decides_and_no_agent_does() {
    let folder = Folder::new("http-operate");
    let file = folder.path("tokens.json");
    let agent = token(&file, &["add", "agent", "--role", "runs:write"]);
    let ann = token(&file, &["add", "ann", "--role", "gates:decide"]);
    let mut command = Command::new(example("purchase"));
    command.args(["serve", "--http", "127.0.0.1:0", "--store", "memory", "--tokens", &file]);
    let program = Program::of(command).await;
    let mut agent = Client::bearing(&agent, &program, Era::Modern).await;
    agent.call("put", json!({"items": [{"name": "tea", "cents": 7, "quantity": 2}]})).await;
    agent.call("ask", json!({})).await;
    agent.call("order", json!({"budget_cents": 10})).await;

    let mut ann = operator(&ann, &program).await;
    let listed = ann.call("list_gates", json!({})).await;
    let gate = listed["gates"][0].clone();
    assert_eq!(
        (&gate["run"], &gate["event"], &gate["payload"], &gate["asker"]),
        (&json!("agent/main"), &json!("order"), &json!({"budget_cents": 10}), &json!("agent"))
    );
    let decision = json!({"run": "agent/main", "gate": gate["gate"], "approve": true});

    agent.path = "/operate/mcp";
    let refused = agent.post("tools/call", json!({"name": "decide_gate", "arguments": decision}));
    let refused = refused.await;
    assert_eq!(refused.status, 403);
    assert!(refused.header("www-authenticate").unwrap().contains("scope=\"gates:decide\""));
    assert!(refused.text().contains("gates:decide"));

    for (wrong, reason) in [
        (json!({"run": "main", "gate": gate["gate"], "approve": true}), "owner/name"),
        (json!({"run": "agent/main", "gate": "x", "approve": true}), "x"),
        (json!({"run": "agent/main", "gate": gate["gate"]}), "approve"),
    ] {
        let error: Value = ann.call("decide_gate", wrong).await;
        assert!(error["error"].as_str().unwrap().contains(reason), "{error}");
    }
    let decided = ann.call("decide_gate", decision).await;
    assert_eq!((&decided["decided"], &decided["state"]), (&json!("applied"), &json!("ORDERED")));
    assert_eq!(ann.call("list_gates", json!({})).await, json!({"gates": []}));
    agent.path = "/mcp";
    let history = agent.call("get_history", json!({})).await;
    let approvals = &history["records"][3]["approvals"];
    assert_eq!((&approvals[0]["by"], &approvals[0]["way"]), (&json!("ann"), &json!("http")));
}
