//! Histories: what a record says, and that they read back to what was.

use std::sync::Arc;

use chrono::{TimeZone, Utc};
use leverframe::Machine;
use leverframe::api::{Api, ApiLimits, Style};
use leverframe::chart::{Chart, Clause, Event, Parameter, State, Target};
use leverframe::orchestrator::{Orchestrator, events};
use leverframe::record::{Entry, Hash, Program, Record, Version};
use leverframe::runs::{Request, Runs, RunsError};
use leverframe::store::memory::MemoryStore;
use leverframe::store::{Append, PageLimit, Store};
use leverframe::testing::ManualClock;
use serde_json::{Value, json};

use super::own_machine::loan::Loan;
use super::{local, main_run, object};
use crate::runs::races::say;

const ALL: PageLimit = PageLimit::new(100, 1 << 20);

/// A store whose run has these records, made by the orchestrator of this program.
async fn holding(records: Vec<Record>) -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::new());
    let declaration = Program::of(Orchestrator::CHART).declaration;
    store.append(Append::new(main_run(), Hash::NONE, records, declaration)).await.unwrap();
    store
}

#[tokio::test]
async fn records_say_when_and_who() {
    let store = Arc::new(MemoryStore::new());
    let noon = Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap();
    let runs =
        Runs::<Orchestrator>::new(store.clone()).with_clock(Arc::new(ManualClock::new(noon)));
    runs.apply(&local(), &main_run(), say("a"), Request::new()).await.unwrap();
    let history = runs.history(&main_run(), Version::START, ALL).await.unwrap();
    assert_eq!(history.version, Version(1));
    let mut written = serde_json::to_value(&history.records).unwrap();
    for record in written.as_array_mut().unwrap() {
        let hash = record.as_object_mut().unwrap().remove("hash").unwrap();
        assert_eq!(hash.as_str().unwrap().len(), 64);
    }
    let program =
        written[0]["entry"]["started"].as_object_mut().unwrap().remove("program").unwrap();
    assert_eq!(program["chart"], Hash::of_graph(Orchestrator::CHART).to_string());
    let digest = written[1]["entry"]["applied"].as_object_mut().unwrap().remove("digest").unwrap();
    assert_eq!(digest.as_str().unwrap().len(), 64);
    assert_eq!(
        written,
        serde_json::json!([
            {
                "version": 0, "time": "2026-11-22T12:00:00Z", "actor": "local",
                "entry": {"started": {"machine": "Orchestrator", "to": ["IDLE"],
                    "context": {"messages": [], "task_data": {}, "knowledge": {}}}},
            },
            {
                "version": 1, "time": "2026-11-22T12:00:00Z", "actor": "local",
                "entry": {"applied": {"event": {"add_user_message": {"message": "a"}},
                    "from": ["IDLE"], "to": ["IDLE"], "internal": true}},
            },
        ]),
    );
}

/// Everything that decides where a history leads changes the hash of the graph. Documentation does not.
#[test]
fn the_hash_of_a_graph_covers_what_matters() {
    macro_rules! hash {
        ($($part:tt)*) => {{
            const CHART: Chart = chart!($($part)*);
            Hash::of_graph(&CHART)
        }};
    }
    macro_rules! chart {
        ($docs:literal, $state:expr, $payload:expr, $clause:expr) => {
            Chart::new("Lamp", $docs, 0)
                .with_states(&[State::new("Off", "OFF", $docs), $state], &[])
                .with_events(&[Event::new("press", $docs, &$payload, &[$clause])])
        };
    }
    const ON: State = State::new("On", "ON", "");
    const PRESS: Clause = Clause::new(&[0], &[Target::State(1)]);
    const FORCE: Parameter = Parameter::new("force", "u8", "");
    let lamp = hash!("", ON, [FORCE], PRESS);
    assert_eq!(hash!("It is documented.", ON, [FORCE], PRESS.with_docs("well")), lamp);
    let others = [
        hash!("", ON.final_state(), [FORCE], PRESS),
        hash!("", State::new("Lit", "LIT", ""), [FORCE], PRESS),
        hash!("", ON.with_default(0), [FORCE], PRESS),
        hash!("", ON, [], PRESS),
        hash!("", ON, [FORCE.optional()], PRESS),
        hash!("", ON, [Parameter::new("force", "u16", "")], PRESS),
        hash!("", ON, [FORCE], Clause::new(&[1], &[Target::State(1)])),
        hash!("", ON, [FORCE], Clause::new(&[0], &[Target::State(0)])),
        hash!("", ON, [FORCE], PRESS.fallible()),
        hash!("", ON, [FORCE], PRESS.with_guards(&["is_dark"])),
        hash!("", ON, [FORCE], PRESS.by_human(1)),
        hash!("", ON, [FORCE], PRESS.by_human(2)),
        hash!("", ON, [FORCE], PRESS.after_milliseconds(5)),
    ];
    for (place, other) in others.iter().enumerate() {
        assert_ne!(*other, lamp, "{place}");
        assert!(!others[..place].contains(other), "{place}");
    }
}

/// Every prefix of a history leads to the state and the context that were there at its end.
#[tokio::test]
async fn a_history_reads_back_to_what_was() {
    let store = Arc::new(MemoryStore::new());
    let runs = Runs::<Orchestrator>::new(store.clone());
    let (local, main) = (local(), main_run());
    let value = |run: &leverframe::run::Run<Orchestrator>| run.value().unwrap();
    let given = |text: &str| Some(text.to_owned());
    for (version, event) in [
        say("a"),
        events::Plan { task_description: given("tea") }.into(),
        events::StoreKnowledge { key: "k".to_owned(), value: "v".to_owned() }.into(),
        events::Research { research_topic: None }.into(),
        events::Fail { error_description: given("no water") }.into(),
        events::Rest {}.into(),
    ]
    .into_iter()
    .enumerate()
    {
        let accepted = runs.apply(&local, &main, event, Request::new()).await.unwrap();
        let seen = runs.read(&main, value).await.unwrap();
        let prefix = PageLimit::new(version + 2, 1 << 20);
        let records = store.load(&main, Version::START, prefix).await.unwrap().records;
        let again = Runs::<Orchestrator>::new(holding(records).await);
        assert_eq!(again.status(&main).await.unwrap(), accepted.status);
        assert_eq!(again.read(&main, value).await.unwrap(), seen);
    }
}

/// A history that is not the machine's is refused with the record at which it breaks, and left as it is.
#[tokio::test]
async fn a_history_of_something_else_is_refused() {
    let main = main_run();
    let written = Arc::new(MemoryStore::new());
    let runs = Runs::<Orchestrator>::new(written.clone());
    runs.apply(&local(), &main, say("a"), Request::new()).await.unwrap();
    check::<Loan>(&written, 0, "it is of the machine `Orchestrator`").await;

    for (change, cause) in [
        (r#"{"rest":{}}"#, "the machine refuses its event"),
        (
            r#"{"plan":{"task_description":null}}"#,
            "it leads to IDLE, and the machine goes to PLANNING",
        ),
        (r#"{"plans":{}}"#, "the machine has no event `plans`"),
    ] {
        let mut records = written.load(&main, Version::START, ALL).await.unwrap().records;
        if let Entry::Applied { event, .. } = &mut records[1].entry {
            *event = serde_json::from_str(change).unwrap();
        }
        check::<Orchestrator>(&holding(records).await, 1, cause).await;
    }
}

async fn check<M: leverframe::Portable<Context: Default>>(
    store: &Arc<MemoryStore>,
    version: u64,
    cause: &str,
) {
    let main = main_run();
    match Runs::<M>::new(store.clone()).status(&main).await {
        Err(RunsError::Unreplayable { source, .. }) => {
            assert_eq!(source.version, Version(version));
            let found = std::error::Error::source(&source).unwrap().to_string();
            assert!(found.contains(cause), "`{cause}`: {found}");
        }
        other => panic!("{cause}: {other:?}"),
    }
    let records = store.load(&main, Version::START, ALL).await.unwrap().records;
    assert_eq!(records.len(), 2, "it is left as it is");
}

/// The records of a run that this program cannot follow are shown, and everything else is refused with the reason.
#[tokio::test]
async fn records_that_cannot_be_replayed_are_shown() {
    let runs = Runs::<Orchestrator>::new(Arc::new(MemoryStore::new()));
    let main = main_run();
    runs.apply(&local(), &main, say("a"), Request::new()).await.unwrap();
    runs.apply(&local(), &main, say("b"), Request::new()).await.unwrap();
    let mut records = runs.history(&main, Version::START, ALL).await.unwrap().records;
    if let Entry::Applied { event, .. } = &mut records[1].entry {
        *event = serde_json::from_str(r#"{"rest":{}}"#).unwrap();
    }
    let runs = Runs::<Orchestrator>::new(holding(records).await);
    let api = Api::new(runs, Style::Target, ApiLimits::default()).unwrap();
    let call = async |name: &str, arguments: Value| {
        let answer = api.call(&local(), api.operation(name).unwrap(), object(arguments)).await;
        let value: Value = serde_json::from_str(answer.text()).unwrap();
        (answer.is_refusal(), value)
    };
    let (is_refusal, history) = call("get_history", json!({})).await;
    assert!(!is_refusal, "{history}");
    assert_eq!(history["version"], 2);
    assert_eq!(history["records"].as_array().unwrap().len(), 3);
    assert_eq!(history["records"][1]["event"], "rest");
    assert_eq!(history["unreplayable"]["version"], 1);
    let reason = &history["unreplayable"]["reason"];
    for part in ["record 1", "the machine refuses its event", "start another run"] {
        assert!(reason.as_str().unwrap().contains(part), "`{part}`: {reason}");
    }
    for (name, arguments) in [
        ("start_run", json!({})),
        ("get_current_state", json!({})),
        ("transition_state", json!({"new_state": "PLANNING"})),
        ("add_user_message", json!({"message": "m"})),
        ("list_knowledge_keys", json!({})),
    ] {
        let (is_refusal, answer) = call(name, arguments).await;
        assert!(is_refusal, "{name}: {answer}");
        assert_eq!(answer["failed"], json!({"operation": name, "reason": reason}));
    }
    let (is_refusal, list) = call("list_runs", json!({})).await;
    assert!(!is_refusal && list["runs"][0]["run"] == "main", "{list}");
}
