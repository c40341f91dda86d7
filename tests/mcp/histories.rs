//! Histories: what a record says, and that they read back to what was.

use std::sync::Arc;

use chrono::{TimeZone, Utc};
use leverframe::Machine;
use leverframe::chart::{Chart, Clause, Event, Parameter, State, Target};
use leverframe::orchestrator::Orchestrator;
use leverframe::orchestrator::events;
use leverframe::record::{Entry, Hash, Principal, RunName, Version};
use leverframe::runs::{Runs, RunsError};
use leverframe::store::Store;
use leverframe::store::memory::MemoryStore;

use super::Stopped;
use super::own_machine::loan::Loan;
use super::unrecorded::say;

#[tokio::test]
async fn records_say_when_and_who() {
    let store = Arc::new(MemoryStore::new());
    let noon = Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap();
    let runs = Runs::<Orchestrator>::new(store.clone()).with_clock(Arc::new(Stopped(noon)));
    let main = RunName::main();
    runs.apply(&main, say("a"), None, &Principal::LOCAL).await.unwrap();
    let records = runs.history(&main, Version::START, 10).await.unwrap();
    let mut told = serde_json::to_value(&records).unwrap();
    for record in told.as_array_mut().unwrap() {
        let hash = record.as_object_mut().unwrap().remove("hash").unwrap();
        assert_eq!(hash.as_str().unwrap().len(), 64);
    }
    let chart = told[0]["entry"]["started"].as_object_mut().unwrap().remove("chart").unwrap();
    assert_eq!(chart, Hash::of_graph(Orchestrator::CHART).to_string());
    assert_eq!(
        told,
        serde_json::json!([
            {
                "version": 0, "time": "2026-11-22T12:00:00Z", "actor": "local",
                "entry": {"started": {"machine": "Orchestrator", "state": "IDLE",
                    "context": {"messages": [], "task_data": {}, "knowledge": {}}}},
            },
            {
                "version": 1, "time": "2026-11-22T12:00:00Z", "actor": "local",
                "entry": {"applied": {"event": {"add_user_message": {"message": "a"}},
                    "from": "IDLE", "to": "IDLE", "internal": true}},
            },
        ]),
    );
}

/// Whatever decides where a history leads changes the hash of the graph, and no documentation does.
#[test]
fn the_hash_of_a_graph_tells_what_matters() {
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
        hash!("", ON, [], PRESS),
        hash!("", ON, [FORCE.optional()], PRESS),
        hash!("", ON, [Parameter::new("force", "u16", "")], PRESS),
        hash!("", ON, [FORCE], Clause::new(&[1], &[Target::State(1)])),
        hash!("", ON, [FORCE], Clause::new(&[0], &[Target::State(0)])),
        hash!("", ON, [FORCE], PRESS.fallible()),
        hash!("", ON, [FORCE], PRESS.with_guards(&["is_dark"])),
        hash!("", ON, [FORCE], PRESS.by_human()),
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
    let main = RunName::main();
    let told = |text: &str| Some(text.to_owned());
    for (version, event) in [
        say("a"),
        events::Plan { task_description: told("tea") }.into(),
        events::StoreKnowledge { key: "k".to_owned(), value: "v".to_owned() }.into(),
        events::Research { research_topic: None }.into(),
        events::Fail { error_description: told("no water") }.into(),
        events::Rest {}.into(),
    ]
    .into_iter()
    .enumerate()
    {
        let accepted = runs.apply(&main, event, None, &Principal::LOCAL).await.unwrap();
        let seen =
            runs.read(&main, |run| serde_json::to_string(run.context()).unwrap()).await.unwrap();
        let copy = Arc::new(MemoryStore::new());
        let records = store.load(&main, Version::START, version + 2).await.unwrap().records;
        copy.append(&main, Hash::NONE, records, None).await.unwrap();
        let again = Runs::<Orchestrator>::new(copy);
        assert_eq!(again.situation(&main).await.unwrap(), accepted.situation);
        let read =
            again.read(&main, |run| serde_json::to_string(run.context()).unwrap()).await.unwrap();
        assert_eq!(read, seen);
    }
}

/// A history that is not the machine's is refused with the record at which it breaks, and left as it is.
#[tokio::test]
async fn a_history_of_something_else_is_refused() {
    let main = RunName::main();
    let written = Arc::new(MemoryStore::new());
    let runs = Runs::<Orchestrator>::new(written.clone());
    runs.apply(&main, say("a"), None, &Principal::LOCAL).await.unwrap();
    check::<Loan>(&written, 0, "it belongs to the machine `Orchestrator`").await;

    for (change, cause) in [
        (r#"{"rest":{}}"#, "the machine refuses its event"),
        (r#"{"plan":{}}"#, "the machine comes to PLANNING by it"),
        (r#"{"plans":{}}"#, "it cannot be read"),
    ] {
        let mut records = written.load(&main, Version::START, 10).await.unwrap().records;
        if let Entry::Applied { event, .. } = &mut records[1].entry {
            *event = serde_json::from_str(change).unwrap();
        }
        let changed = Arc::new(MemoryStore::new());
        changed.append(&main, Hash::NONE, records, None).await.unwrap();
        check::<Orchestrator>(&changed, 1, cause).await;
    }
}

async fn check<M: leverframe::Portable<Context: Default>>(
    store: &Arc<MemoryStore>,
    version: u64,
    cause: &str,
) {
    let main = RunName::main();
    match Runs::<M>::new(store.clone()).situation(&main).await {
        Err(RunsError::Unreplayable { source, .. }) => {
            assert_eq!(source.version, Version(version));
            let found = std::error::Error::source(&source).unwrap().to_string();
            assert!(found.contains(cause), "`{cause}`: {found}");
        }
        other => panic!("{cause}: {other:?}"),
    }
    assert_eq!(
        store.load(&main, Version::START, 10).await.unwrap().records.len(),
        2,
        "it is left as it is"
    );
}
