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

/// A server of purchases, the client of an agent, and the token of `ann`, who decides.
async fn purchases(folder: &Folder) -> (Program, Client, String) {
    let file = folder.path("tokens.json");
    let agent = token(&file, &["add", "agent", "--role", "runs:write"]);
    let ann = token(&file, &["add", "ann", "--role", "gates:decide"]);
    let mut command = Command::new(example("purchase"));
    command.args(["serve", "--http", "127.0.0.1:0", "--store", "memory", "--tokens", &file]);
    let program = Program::of(command).await;
    let agent = Client::bearing(&agent, &program, Era::Modern).await;
    (program, agent, ann)
}

#[tokio::test]
async fn a_person_decides_and_no_agent_does() {
    let folder = Folder::new("http-operate");
    let (program, mut agent, ann) = purchases(&folder).await;
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
    let challenge = refused.header("www-authenticate").unwrap();
    assert!(challenge.contains("scope=\"gates:decide\""), "{challenge}");
    let metadata = "/.well-known/oauth-protected-resource/operate/mcp\"";
    assert!(
        challenge.contains("resource_metadata=") && challenge.contains(metadata),
        "{challenge}"
    );
    assert_eq!(refused.header("connection"), Some("close"));
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

#[tokio::test]
async fn gates_are_listed_in_pages() {
    let folder = Folder::new("http-operate-pages");
    let (program, mut agent, ann) = purchases(&folder).await;
    for run in ["a", "b", "c"] {
        agent.call("start_run", json!({"run": run})).await;
        let items = json!([{"name": "tea", "cents": 7, "quantity": 2}]);
        agent.call("put", json!({"run": run, "items": items})).await;
        agent.call("ask", json!({"run": run})).await;
        agent.call("order", json!({"run": run, "budget_cents": 10})).await;
    }
    let mut ann = operator(&ann, &program).await;
    let runs = |page: &Value| -> Vec<String> {
        let gates = page["gates"].as_array().unwrap().iter();
        gates.map(|gate| gate["run"].as_str().unwrap().to_owned()).collect()
    };
    let first = ann.call("list_gates", json!({"limit": 2})).await;
    assert_eq!(runs(&first), ["agent/a", "agent/b"]);
    let rest = ann.call("list_gates", json!({"limit": 2, "after": first["next"]})).await;
    assert_eq!((runs(&rest), rest.get("next")), (vec!["agent/c".to_owned()], None));
    for (wrong, reason) in
        [(json!({"limit": 0}), "1 to 200"), (json!({"after": "a"}), "owner/name")]
    {
        let error = ann.call("list_gates", wrong).await;
        assert!(error["error"].as_str().unwrap().contains(reason), "{error}");
    }
}
