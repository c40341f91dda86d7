//! A machine of an author: one tool for each event, failures, and an end.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use leverframe::Portable;
use leverframe::mcp::rmcp::RoleClient;
use leverframe::mcp::rmcp::model::{GetPromptRequestParams, ReadResourceRequestParams};
use leverframe::mcp::rmcp::service::{RunningService, ServiceError, ServiceExt};
use leverframe::mcp::{Builder, Server};
use leverframe::runs::Runs;
use leverframe::store::memory::MemoryStore;
use serde_json::json;

use super::{each, error, ok};

/// A loan of a book.
#[leverframe::machine(serde)]
pub mod loan {
    use std::borrow::Cow;
    use std::sync::LazyLock;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
    use serde::{Deserialize, Deserializer};

    #[context]
    #[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
    pub struct Card {
        pub notes: Vec<String>,
        pub shelved: u32,
    }

    /// The book is on its shelf.
    #[state(initial)]
    pub struct Shelved;

    /// Somebody reads the book.
    #[state]
    pub struct Lent {
        pub reader: String,
    }

    /// The book is gone.
    #[state(final)]
    pub struct Lost;

    /// Lend the book.
    #[transition(from = Shelved)]
    fn lend(
        card: &mut Card,
        /** Who takes it. */
        reader: String,
        #[default = 14] days: u8,
    ) -> Result<Lent, String> {
        card.notes.push(format!("{days} days"));
        if days > 30 { Err(format!("{days} days are too long")) } else { Ok(Lent { reader }) }
    }

    /// Take the book back.
    #[transition(from = Lent)]
    fn give_back() -> Shelved {
        Shelved
    }

    /// Write the book off.
    #[transition(from = [Shelved, Lent])]
    fn lose() -> Lost {
        Lost
    }

    /// Lend it for longer.
    #[transition(from = Lent)]
    fn extend(card: &mut Card, days: u8) {
        card.notes.push(format!("{days} days more"));
        assert!(days < 100, "a hundred days");
    }

    /// Sell the book, when the librarian agrees.
    #[transition(from = Shelved, by = human)]
    fn sell() -> Lost {
        Lost
    }

    /// The reader has had it for long.
    #[transition(from = Lent, after = "30d")]
    fn expire() -> Lost {
        Lost
    }

    /// Count how often the book was there.
    #[entry(Shelved)]
    fn shelve(card: &mut Card) {
        card.shelved += 1;
    }

    /// Put the book away.
    #[transition(from = Shelved, guard = is_brief)]
    fn archive() -> Lost {
        Lost
    }

    #[guard]
    fn is_brief(card: &Card) -> Result<(), String> {
        let notes = card.notes.concat();
        if notes.len() < 1000 { Ok(()) } else { Err(format!("the notes are too long: {notes}")) }
    }

    /// Note something.
    #[transition(from = _)]
    fn note(card: &mut Card, text: String) {
        card.notes.push(text);
    }

    /// All notes.
    #[query]
    fn notes(card: &Card) -> &[String] {
        &card.notes
    }

    /// How often the book came to its shelf.
    #[query]
    fn shelved(card: &Card) -> u32 {
        card.shelved
    }

    /// The thread that answers.
    #[query]
    fn thread(card: &Card) -> String {
        let _ = card;
        format!("{:?}", std::thread::current().id())
    }

    /// Whether a shelf has the book.
    #[query]
    fn is_on(card: &Card, shelf: Shelf) -> bool {
        let _ = card;
        shelf.0 == "s0"
    }

    /// Who has it.
    #[query]
    fn reader(lent: &Lent) -> &str {
        &lent.reader
    }

    /// A query that panics.
    #[query]
    fn broken(card: &Card) -> usize {
        card.notes.len() / card.notes.len()
    }

    /// Ask for the book.
    #[prompt(Lent)]
    fn remind(lent: &Lent, tone: String) -> String {
        format!("Ask {} for the book, {tone}.", lent.reader)
    }

    /// One of a thousand shelves.
    #[derive(Clone)]
    pub struct Shelf(String);

    impl Shelf {
        fn names() -> &'static [&'static str] {
            static NAMES: LazyLock<Vec<&str>> = LazyLock::new(|| {
                (0..1000).map(|shelf| &*Box::leak(format!("s{shelf}").into_boxed_str())).collect()
            });
            &NAMES
        }
    }

    impl<'de> Deserialize<'de> for Shelf {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let name = String::deserialize(deserializer)?;
            if Self::names().contains(&name.as_str()) {
                Ok(Self(name))
            } else {
                Err(serde::de::Error::unknown_variant(&name, Self::names()))
            }
        }
    }

    impl JsonSchema for Shelf {
        fn schema_name() -> Cow<'static, str> {
            "Shelf".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({"type": "string", "enum": Self::names()})
        }
    }
}

use loan::Loan;

type Client = RunningService<RoleClient, ()>;

pub(crate) fn builder() -> Builder<Loan> {
    Server::builder(Runs::<Loan>::new(Arc::new(MemoryStore::new())))
}

pub(super) async fn connect<M: Portable<Context: Default>>(server: Server<M>) -> Client {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    tokio::spawn(async move { server.serve(theirs).await.unwrap().waiting().await });
    ().serve(ours).await.unwrap()
}

#[tokio::test]
async fn each_event_is_a_tool() {
    let client = connect(builder().build().unwrap()).await;
    let tools = client.list_all_tools().await.unwrap();
    let names: Vec<_> = tools.iter().map(|tool| tool.name.as_ref()).collect();
    let expected = [
        "start_run",
        "fork_run",
        "list_runs",
        "get_current_state",
        "get_history",
        "lend",
        "give_back",
        "lose",
        "extend",
        "sell",
        "archive",
        "note",
        "notes",
        "shelved",
        "thread",
        "is_on",
        "reader",
        "broken",
    ];
    assert_eq!(names, expected, "in the order of the declaration");
    let lend = &tools[5];
    assert_eq!(
        serde_json::Value::Object((*lend.input_schema).clone()),
        json!({
            "type": "object",
            "properties": {
                "reader": {"type": "string", "description": "Who takes it."},
                "days": {"type": "integer", "minimum": 0, "maximum": 255, "default": 14},
                "run": {"type": "string", "description": "default `main`"},
                "expected_version": {"type": "integer", "minimum": 0,
                    "description": "refused at any other"},
                "request_key": {"type": "string",
                    "description": "makes a repeat apply once"},
            },
            "required": ["reader"],
            "additionalProperties": false,
        }),
    );
    let docs = lend.description.as_deref().unwrap();
    assert_eq!(docs, "Lend the book.\nFrom SHELVED to LENT.");

    let mut answer = ok(&client, "lend", json!({"reader": "Ada"})).await;
    let timeout = answer.as_object_mut().unwrap().remove("timeout").unwrap();
    assert_eq!((&timeout["event"], &timeout["to"]), (&json!("expire"), &json!(["LOST"])));
    let at: DateTime<Utc> = timeout["at"].as_str().unwrap().parse().unwrap();
    let left = at - Utc::now();
    assert!(left.num_days() == 29, "30 days from now: {left}");
    assert_eq!(timeout["in"], "29d 23h");
    assert_eq!(
        answer,
        json!({
            "run": "main", "version": 1, "state": "LENT", "event": "lend",
            "data": {"reader": "Ada"},
            "legal": [
                {"event": "give_back", "to": ["SHELVED"]},
                {"event": "lose", "to": ["LOST"]},
                {"event": "extend", "stays": true},
                {"event": "note", "stays": true},
            ],
        }),
    );
    let answer = ok(&client, "notes", json!({})).await;
    assert_eq!(answer["value"], json!(["14 days"]), "the default is applied");
    let refused = error(&client, "lend", json!({"reader": "Bob"})).await;
    assert_eq!(
        refused["refused"],
        json!({"event": "lend", "kind": "no_transition", "reason": "`lend` is not possible in LENT"}),
    );
    assert_eq!(each(&refused["legal"], "event"), ["give_back", "lose", "extend", "note"]);
    let bad = error(&client, "lend", json!({"reader": "Bob", "days": 256})).await;
    let reason = "it is 256; expected an integer from 0 to 255";
    assert_eq!(bad["invalid"], json!([{"argument": "days", "reason": reason}]));
}

/// A handler that fails has written to the context before; that must not be seen.
#[tokio::test]
async fn a_failure_leaves_nothing_behind() {
    let client = connect(builder().build().unwrap()).await;
    for version in [0, 1] {
        let refused = error(&client, "lend", json!({"reader": "Ada", "days": 31})).await;
        let reason = "31 days are too long";
        assert_eq!(
            refused["refused"],
            json!({"event": "lend", "kind": "failed", "reason": reason})
        );
        assert_eq!((&refused["state"], &refused["version"]), (&json!("SHELVED"), &json!(version)));
        let notes = ok(&client, "notes", json!({})).await;
        assert_eq!(notes["version"], version);
        assert_eq!(notes["value"].as_array().unwrap().len(), version);
        ok(&client, "note", json!({"text": "a"})).await;
    }
    let history = ok(&client, "get_history", json!({})).await;
    assert_eq!(history["records"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_panic_is_a_refusal() {
    let client = connect(builder().build().unwrap()).await;
    ok(&client, "lend", json!({"reader": "Ada"})).await;
    let refused = error(&client, "extend", json!({"days": 100})).await;
    assert_eq!(refused["refused"]["kind"], "failed");
    assert_eq!(refused["refused"]["reason"], "the code panicked: a hundred days");
    assert_eq!(ok(&client, "notes", json!({})).await["value"], json!(["14 days"]));
    assert_eq!(ok(&client, "extend", json!({"days": 1})).await["version"], 2);

    ok(&client, "start_run", json!({"run": "b"})).await;
    let failed = error(&client, "broken", json!({"run": "b"})).await;
    let reason = "the machine failed: the code panicked: attempt to divide by zero";
    assert_eq!(failed, json!({"run": "b", "failed": {"operation": "broken", "reason": reason}}));
    assert_eq!(ok(&client, "notes", json!({"run": "b"})).await["version"], 0, "the run goes on");
}

#[tokio::test]
async fn the_end_names_the_way_on() {
    let client = connect(builder().build().unwrap()).await;
    ok(&client, "lose", json!({})).await;
    for (tool, arguments) in [("lend", json!({"reader": "Ada"})), ("note", json!({"text": "a"}))] {
        let refused = error(&client, tool, arguments).await;
        let reason = "LOST is final; the run has ended; start another with `start_run`";
        assert_eq!(refused["refused"], json!({"event": tool, "kind": "final", "reason": reason}));
        assert_eq!(refused["legal"], json!([]));
    }
    for (tool, arguments, reason) in [
        ("note", json!({"text": "a", "expected_version": 0}), "the run is at version 1, not 0"),
        ("start_run", json!({}), "the run `main` was started before"),
    ] {
        let refused = error(&client, tool, arguments).await;
        let reason = format!("{reason}; the run has ended; start another with `start_run`");
        assert_eq!(refused["refused"]["reason"], reason);
    }
    ok(&client, "start_run", json!({"run": "again"})).await;
    ok(&client, "lend", json!({"reader": "Ada", "run": "again"})).await;
}

#[tokio::test]
async fn what_is_about_another_state_has_no_answer() {
    let client = connect(builder().build().unwrap()).await;
    let failed = error(&client, "reader", json!({})).await;
    let reason = "it is about the state LENT, and the machine is in SHELVED";
    assert_eq!(failed["failed"], json!({"operation": "reader", "reason": reason}));
    let remind = |tone: Option<&str>| {
        let arguments = tone.map(|tone| ("tone".to_owned(), json!(tone))).into_iter().collect();
        client.get_prompt(GetPromptRequestParams::new("remind").with_arguments(arguments))
    };
    check_error(remind(Some("kindly")).await, "the machine is in SHELVED");
    ok(&client, "lend", json!({"reader": "Ada"})).await;
    assert_eq!(ok(&client, "reader", json!({})).await["value"], "Ada");
    let text = remind(Some("kindly")).await.unwrap().messages[0].content.clone();
    assert_eq!(text.as_text().unwrap().text, "Ask Ada for the book, kindly.");
    check_error(remind(None).await, "`tone`: it is missing; expected a string");
    let prompt = client.read_resource(ReadResourceRequestParams::new("state://lent/prompt")).await;
    let prompt = serde_json::to_value(prompt.unwrap()).unwrap();
    assert!(prompt.to_string().contains("`tone`: it is missing"), "{prompt}");
    let none = client.read_resource(ReadResourceRequestParams::new("state://lost/prompt")).await;
    check_error(none, "LOST has no prompt");
}

/// Two events from one state to another.
#[leverframe::machine(serde)]
pub mod fork {
    #[state(initial)]
    pub struct Here;
    #[state(final)]
    pub struct There;
    #[transition(from = Here)]
    fn walk() -> There {
        There
    }
    #[transition(from = Here)]
    fn run_() -> There {
        There
    }
}

pub(super) fn check_error<T: std::fmt::Debug>(answer: Result<T, ServiceError>, part: &str) {
    match answer {
        Err(ServiceError::McpError(error)) => {
            assert!(error.message.contains(part), "`{part}`: {error:?}");
        }
        other => panic!("an error of the protocol with `{part}`: {other:?}"),
    }
}

#[tokio::test]
async fn a_gate_stays_closed() {
    let client = connect(builder().build().unwrap()).await;
    let refused = error(&client, "sell", json!({})).await;
    assert_eq!(refused["refused"]["kind"], "waiting");
    assert_eq!((&refused["state"], &refused["version"]), (&json!("SHELVED"), &json!(0)));
    assert_eq!(refused["blocked"][0]["event"], "sell");
}

#[tokio::test]
async fn the_initial_state_is_entered_once() {
    let store = Arc::new(MemoryStore::new());
    let serve = || Server::builder(Runs::<Loan>::new(store.clone())).build().unwrap();
    let client = connect(serve()).await;
    ok(&client, "note", json!({"text": "new"})).await;
    // Another server reads the same history from its beginning.
    for client in [client, connect(serve()).await] {
        assert_eq!(ok(&client, "shelved", json!({})).await["value"], 1);
    }
}
