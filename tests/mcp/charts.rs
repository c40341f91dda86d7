//! `chart` in every format, with and without the path of a run.

use serde_json::{Value, json};

use super::restarts::{Folder, said, serve};

/// A run that went from IDLE to PLANNING and back, and is in IDLE.
async fn with_run(folder: &Folder) -> String {
    let store = folder.path("runs.db");
    let client = serve(&store).await;
    client.ok("add_user_message", json!({"message": "a"})).await;
    client.go("PLANNING").await;
    client.go("RESEARCHING").await;
    store
}

fn chart(format: &str, store: &str) -> String {
    said(0, &["chart", "--format", format, "--run", "main", "--store", store])
}

#[tokio::test]
async fn the_path_of_a_run_is_marked_in_every_format() {
    let folder = Folder::new("charts");
    let store = with_run(&folder).await;

    let mermaid = chart("mermaid", &store);
    for line in [
        "    class IDLE visited",
        "    class PLANNING visited",
        "    class RESEARCHING present",
        "    IDLE --> PLANNING: ✓ plan(task_description?)",
        "    PLANNING --> RESEARCHING: ✓ research(research_topic?)",
        "    IDLE --> RESEARCHING: research(research_topic?)",
    ] {
        assert!(mermaid.lines().any(|known| known == line), "{line}: {mermaid}");
    }
    assert!(!mermaid.contains("class EXECUTING"), "{mermaid}");

    let dot = chart("dot", &store);
    assert_eq!(dot.matches("fillcolor=\"#bfdbfe\"").count(), 1, "{dot}");
    assert_eq!(dot.matches("fontcolor=\"#1d4ed8\", penwidth=3").count(), 2, "{dot}");

    let scxml = chart("scxml", &store);
    assert!(scxml.contains("<state id=\"RESEARCHING\" lf:docs=\"Gathering information needed for a task.\" lf:mark=\"present\">"), "{scxml}");
    assert_eq!(scxml.matches("lf:mark=\"visited\"").count(), 2, "{scxml}");
    // Also the internal transition, which no arrow shows.
    assert_eq!(scxml.matches("lf:taken=\"true\"").count(), 3, "{scxml}");

    let xstate: Value = serde_json::from_str(&chart("xstate", &store)).unwrap();
    let states = &xstate["states"];
    assert_eq!(states["RESEARCHING"]["meta"]["mark"], "present");
    assert_eq!(states["IDLE"]["on"]["plan"][0]["meta"]["taken"], true);
    assert_eq!(states["IDLE"]["on"]["research"][0]["meta"]["taken"], Value::Null);
    assert_eq!(states["IDLE"]["on"]["add_user_message"][0]["meta"]["taken"], true);

    let document: Value = serde_json::from_str(&chart("json", &store)).unwrap();
    assert_eq!(
        document["trail"],
        json!({"present": "RESEARCHING", "taken": [
            {"from": "IDLE", "event": "add_user_message", "to": "IDLE"},
            {"from": "IDLE", "event": "plan", "to": "PLANNING"},
            {"from": "PLANNING", "event": "research", "to": "RESEARCHING"},
        ]}),
    );
}

#[tokio::test]
async fn a_run_that_cannot_be_marked_is_refused() {
    let folder = Folder::new("charts-refused");
    let store = folder.path("runs.db");
    let missing = said(1, &["chart", "--run", "main", "--store", &store]);
    assert!(missing.contains("there is no store at"), "{missing}");
    let store = with_run(&folder).await;
    let other = said(1, &["chart", "--run", "mian", "--store", &store]);
    assert!(other.contains("mian") && other.contains("main"), "{other}");
    let owner = said(2, &["chart", "--owner", "ada"]);
    assert!(owner.contains("--run"), "{owner}");
    let both = said(2, &["chart", "--run", "main", "--diff", &store]);
    assert!(both.contains("cannot be used with"), "{both}");
}

/// Without a run nothing is marked.
#[test]
fn a_chart_alone_has_no_marks() {
    for format in ["mermaid", "dot", "scxml", "xstate", "json"] {
        let text = said(0, &["chart", "--format", format]);
        for mark in ["classDef", "✓", "#1d4ed8", "lf:mark", "\"mark\"", "taken", "trail"] {
            assert!(!text.contains(mark), "{format} has {mark}: {text}");
        }
    }
}
