//! Gates of a served machine: an agent asks, a person decides on the command line.

use std::process::Output;

use serde_json::{Value, json};

use super::restarts::Folder;
use super::timeouts::{example, serve};

/// What the command line prints about the store.
fn command(store: &str, arguments: &[&str]) -> Output {
    let mut command = std::process::Command::new(example("purchase"));
    command.args(arguments).args(["--store", store]).output().unwrap()
}

#[track_caller]
fn done(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[track_caller]
fn failed(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn an_agent_asks_and_a_person_decides() {
    let folder = Folder::new("gates");
    let store = folder.path("runs.db");
    let client = serve("purchase", &store).await;
    client.ok("put", json!({"items": [{"name": "tea", "cents": 7, "quantity": 2}]})).await;
    client.ok("ask", json!({})).await;
    assert!(failed(&command(&store, &["approve", "main"])).contains("no request waits"));

    let refused = client.error("order", json!({"budget_cents": 10})).await;
    let said = &refused["refused"];
    assert_eq!((&said["event"], &said["kind"]), (&json!("order"), &json!("waiting")));
    let reason = said["reason"].as_str().unwrap();
    for part in ["waits for a person's decision", "do not call it again", "`approve main "] {
        assert!(reason.contains(part), "`{part}`: {reason}");
    }
    let gate = &said["gate"];
    assert_eq!((&gate["asker"], &gate["needed"]), (&json!("local"), &json!(1)));
    let id = gate["id"].as_str().unwrap();

    // The agent looks again, and the person sees what is asked.
    let state = client.ok("get_current_state", json!({})).await;
    assert_eq!(state["gates"], json!([gate]));
    let listed = lines(&done(&command(&store, &["gates", "--json"])));
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (&listed[0]["event"], &listed[0]["payload"]),
        (&json!("order"), &json!({"budget_cents": 10}))
    );
    assert_eq!((&listed[0]["request"], &listed[0]["way"]), (&gate["id"], &json!("stdio")));
    assert!(done(&command(&store, &["gates"])).contains(r#"{"budget_cents":10}"#));

    // A denial is final as long as the run stays where it is.
    let deny = command(&store, &["deny", "main", id, "--reason", "ask\u{1b}[2J Bo", "--as", "ann"]);
    assert_eq!(done(&deny), "denied `order`\n");
    let refused = client.error("order", json!({"budget_cents": 10})).await;
    assert_eq!(refused["refused"]["kind"], "denied");
    assert_eq!(refused["refused"]["gate"]["denied"]["by"], "ann");
    assert!(!refused["refused"]["reason"].as_str().unwrap().contains('\u{1b}'));
    assert!(failed(&command(&store, &["approve", "main", id])).contains("was denied by `ann`"));

    client.error("order", json!({"budget_cents": 20})).await;
    client.error("order", json!({"budget_cents": 30})).await;
    let several = failed(&command(&store, &["approve", "main"]));
    assert!(several.contains("several requests wait"), "{several}");
    let twenty = &lines(&done(&command(&store, &["gates", "--json"])))[1];
    let twenty = twenty["request"].as_str().unwrap();
    let approve = command(&store, &["approve", "main", twenty, "--as", "bo"]);
    assert_eq!(done(&approve), "approved `order`; the run `main` is at version 3, in ORDERED\n");

    let state = client.ok("get_current_state", json!({})).await;
    assert_eq!((&state["state"], state.get("gates")), (&json!("ORDERED"), None));
    let history = client.ok("get_history", json!({})).await;
    let paid = &history["records"][3];
    assert_eq!(
        (&paid["actor"], &paid["arguments"]),
        (&json!("local"), &json!({"budget_cents": 20}))
    );
    assert_eq!(paid["client"], "rmcp", "the client that asked");
    assert_eq!(paid["approvals"][0]["by"], "bo");
    assert_eq!(paid["approvals"][0]["way"], "command_line");
    assert_eq!(done(&command(&store, &["gates"])).lines().count(), 1, "the title alone");
    done(&command(&store, &["replay", "main"]));
}
