//! How large what goes in and out may be.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use leverframe::api::{Answer, Api, ApiLimits, Style};
use leverframe::runs::Runs;
use leverframe::store::Store;
use leverframe::store::memory::MemoryStore;
use serde_json::{Value, json};

use super::own_machine::loan::Loan;
use super::{Client, each, local, object};
use crate::runs::unrecorded::Brittle;

/// The maximum length of a refusal.
const REFUSAL: usize = 4 << 10;

struct Bounded(Api<Loan>);

impl Bounded {
    fn new(set: impl FnOnce(&mut ApiLimits)) -> Self {
        Self::over(Arc::new(MemoryStore::new()), set)
    }

    fn over(store: Arc<dyn Store>, set: impl FnOnce(&mut ApiLimits)) -> Self {
        let mut limits = ApiLimits::default();
        set(&mut limits);
        Self(Api::new(Runs::new(store), Style::Events, limits).unwrap())
    }

    async fn call(&self, name: &str, arguments: Value) -> Answer {
        let operation = self.0.operation(name).unwrap();
        self.0.call(&local(), operation, object(arguments)).await
    }

    async fn ok(&self, name: &str, arguments: Value) -> Value {
        let answer = self.call(name, arguments).await;
        assert!(!answer.is_refusal(), "{name}: {}", answer.text());
        serde_json::from_str(answer.text()).unwrap()
    }

    /// A refusal, which is short and shows no unprintable character.
    async fn refused(&self, name: &str, arguments: Value) -> Value {
        let answer = self.call(name, arguments).await;
        assert!(answer.is_refusal(), "{name}: {}", answer.text());
        assert!(answer.text().len() <= REFUSAL, "{name}: {} bytes", answer.text().len());
        for hostile in ['\u{9b}', '\u{202e}', '\u{7f}'] {
            assert!(!answer.text().contains(hostile), "{name}: {}", answer.text());
        }
        serde_json::from_str(answer.text()).unwrap()
    }
}

#[tokio::test]
async fn a_large_argument_is_refused_by_name() {
    let api = Bounded::new(|limits| limits.argument_bytes = 100);
    api.ok("note", json!({"text": "x".repeat(98)})).await;
    let refused = api.refused("note", json!({"text": "\"".repeat(98)})).await;
    let reason = "it has 198 bytes as JSON, and at most 100 are allowed (`argument_bytes`)";
    assert_eq!(refused["invalid"], json!([{"argument": "text", "reason": reason}]));
    let refused = api.refused("note", json!({"text": "a", "run": "x".repeat(99)})).await;
    assert_eq!(refused["invalid"][0]["argument"], "run");
    let tone = object(json!({"tone": "x".repeat(99)}));
    let refused = api.0.prompt(&local(), None, "remind", tone).await.unwrap_err();
    let reason = "`tone`: it has 101 bytes as JSON, and at most 100 are allowed (`argument_bytes`)";
    assert_eq!(refused.reason(), reason);

    let client = Client::start().await;
    let large = json!({"key": "k", "value": "x".repeat(1 << 20)});
    let refused = client.error("store_knowledge", large).await;
    let reason = "it has 1048578 bytes as JSON, and at most 1048576 are allowed (`argument_bytes`)";
    assert_eq!(refused["invalid"], json!([{"argument": "value", "reason": reason}]));
}

#[tokio::test]
async fn a_page_of_history_ends_by_size() {
    let api = Bounded::new(|limits| limits.page_bytes = 2000);
    for number in 0..10 {
        api.ok("note", json!({"text": format!("{number}{}", "x".repeat(500))})).await;
    }
    api.ok("note", json!({"text": "y".repeat(3000)})).await;
    // The event fits a page, and with its time and actor the record does not.
    api.ok("note", json!({"text": "z".repeat(1970)})).await;

    let (mut versions, mut cursor, mut pages) = (Vec::new(), Value::Null, 0);
    loop {
        let arguments = if cursor.is_null() { json!({}) } else { json!({"cursor": cursor}) };
        let page = api.ok("get_history", arguments).await;
        let records = page["records"].as_array().unwrap();
        assert!(page["records"].to_string().len() <= 2000 + 2, "{page}");
        assert_eq!(page["version"], 12);
        versions.extend(records.iter().map(|record| record["version"].as_u64().unwrap()));
        for (version, bytes) in [(11, 3020), (12, 1990)] {
            let Some(large) = records.iter().find(|record| record["version"] == version) else {
                continue;
            };
            let described = (&large["event"], &large["bytes"], &large["to"]);
            assert_eq!(described, (&json!("note"), &json!(bytes), &json!("SHELVED")));
            let omitted = large["omitted"].as_str().unwrap();
            let command = format!("`leverframe history main --from {version} --json`");
            assert!(omitted.contains(&command), "{omitted}");
        }
        pages += 1;
        match page.get("next_cursor") {
            Some(next) => cursor = next.clone(),
            None => break,
        }
    }
    assert!(versions.into_iter().eq(0..=12));
    assert!(pages > 3, "{pages} pages");
}

#[tokio::test]
async fn a_page_of_a_list_ends_by_size() {
    let api = Bounded::new(|limits| limits.page_bytes = 300);
    let names: Vec<_> = (0..9).map(|number| format!("run-{number}")).collect();
    for name in &names {
        api.ok("start_run", json!({"run": name})).await;
    }
    let (mut seen, mut arguments) = (Vec::new(), json!({"limit": 4}));
    loop {
        let page = api.ok("list_runs", arguments.clone()).await;
        let runs = each(&page["runs"], "run");
        assert!((1..4).contains(&runs.len()), "{page}");
        seen.extend(runs.into_iter().map(str::to_owned));
        let Some(next) = page.get("next_cursor") else { break };
        arguments["cursor"] = next.clone();
    }
    assert_eq!(seen, names);
}

#[tokio::test]
async fn a_large_answer_is_refused_by_name() {
    let api = Bounded::new(|limits| limits.answer_bytes = 1000);
    api.ok("note", json!({"text": "x".repeat(900)})).await;
    assert_eq!(api.ok("notes", json!({})).await["value"][0].as_str().unwrap().len(), 900);
    api.ok("note", json!({"text": "x".repeat(100)})).await;
    let refused = api.refused("notes", json!({})).await;
    let reason = "the answer has more than 1000 bytes as JSON (`answer_bytes`); request less";
    assert_eq!(refused["failed"], json!({"operation": "notes", "reason": reason}));
    api.ok("lend", json!({"reader": "Ada"})).await;
    let tone = object(json!({"tone": "x".repeat(1000)}));
    let refused = api.0.prompt(&local(), None, "remind", tone).await.unwrap_err();
    assert_eq!(
        refused.reason(),
        "the prompt has 1023 bytes, and at most 1000 are allowed (`answer_bytes`)"
    );
}

#[tokio::test]
async fn refusals_are_short_and_escaped() {
    let api = Bounded::new(|_| ());
    let hostile = "\u{9b}2J\u{202e}\u{7f}".repeat(10_000);
    let unknown: serde_json::Map<_, _> =
        (0..10_000).map(|number| (format!("{number}{hostile:.300}"), json!(1))).collect();
    let refused = api.refused("note", Value::Object(unknown)).await;
    assert!((1..=20).contains(&refused["invalid"].as_array().unwrap().len()), "{refused}");
    let first = refused["invalid"][0]["argument"].as_str().unwrap();
    assert!(first.ends_with('…') && first.contains(r"\u{9b}2J\u{202e}\u{7f}"), "{first}");

    let unknown: serde_json::Map<_, _> =
        (0..200).map(|number| (format!("a{number}"), json!(1))).collect();
    let refused = api.refused("note", Value::Object(unknown)).await;
    assert_eq!(refused["invalid"].as_array().unwrap().len(), 20);

    for (tool, arguments, argument) in [
        ("note", json!({"text": "a", "run": hostile}), "run"),
        ("note", json!({"text": "a", "request_key": hostile}), "request_key"),
        ("get_history", json!({"cursor": hostile}), "cursor"),
        ("list_runs", json!({"cursor": hostile}), "cursor"),
        ("is_on", json!({"shelf": hostile}), "shelf"),
    ] {
        let refused = api.refused(tool, arguments).await;
        assert_eq!(refused["invalid"][0]["argument"], argument, "{refused}");
    }
    let refused = api.refused("is_on", json!({"shelf": "s1000"})).await;
    let reason = refused["invalid"][0]["reason"].as_str().unwrap();
    assert!(reason.starts_with("unknown variant `s1000`, expected one of `s0`, `s1`"), "{reason}");
    assert!(reason.ends_with("`s19` and 980 more"), "{reason}");

    // The reason of a guard repeats what a caller has written.
    api.ok("note", json!({"text": hostile})).await;
    let refused = api.refused("archive", json!({})).await;
    assert_eq!(refused["refused"]["kind"], "guard");
    assert!(refused["refused"]["reason"].as_str().unwrap().starts_with("the notes are too long"));
    let blocked = refused["blocked"].as_array().unwrap();
    assert!(blocked.iter().any(|blocked| blocked["event"] == "archive"), "{refused}");

    // Many runs, and a name that is none of them.
    for number in 0..30 {
        api.ok("start_run", json!({"run": format!("{number:0>64}")})).await;
    }
    let refused = api.refused("notes", json!({"run": "nobody"})).await;
    assert_eq!(refused["runs"].as_array().unwrap().len(), 20);
    assert!(refused["invalid"][0]["reason"].as_str().unwrap().contains("`start_run`"), "{refused}");
}

/// What JSON-RPC errors repeat of a request is short and escaped too.
#[tokio::test]
async fn errors_of_the_protocol_are_short_and_escaped() {
    let mut raw = super::Raw::start(&["serve"]);
    let hostile = "\u{9b}2J\u{202e}\u{7f}".repeat(10_000);
    for (method, params) in [
        ("tools/call", json!({"name": hostile})),
        ("prompts/get", json!({"name": hostile})),
        ("prompts/get", json!({"name": "idle_prompt", "arguments": {hostile.clone(): "b"}})),
        ("resources/read", json!({"uri": hostile})),
        ("resources/read", json!({"uri": format!("run://{hostile}/state")})),
        ("resources/read", json!({"uri": format!("state://{hostile}/prompt")})),
        ("tools/list", json!({"cursor": hostile})),
    ] {
        let answer = raw.ask(method, params).await;
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.len() <= REFUSAL, "{method}: {} bytes", message.len());
        assert!(!message.contains(['\u{9b}', '\u{202e}', '\u{7f}']), "{method}: {message}");
    }
}

/// A query of a large run is answered on another thread than the one that serves.
#[tokio::test]
async fn a_large_run_is_read_on_another_thread() {
    let api = Bounded::new(|_| ());
    let here = format!("{:?}", std::thread::current().id());
    assert_eq!(api.ok("thread", json!({})).await["value"], here);
    api.ok("note", json!({"text": "x".repeat(1 << 20).get(..(1 << 20) - 2)})).await;
    assert_ne!(api.ok("thread", json!({})).await["value"], here);
}

#[tokio::test]
async fn a_failure_names_its_causes() {
    let store = Arc::new(Brittle::default());
    let api = Bounded::over(store.clone(), |_| ());
    store.is_broken.store(true, Ordering::Relaxed);
    let failed = api.refused("note", json!({"text": "a"})).await;
    let reason = "the store of runs is not available: no disk";
    assert_eq!(failed, json!({"run": "main", "failed": {"operation": "note", "reason": reason}}));
}
