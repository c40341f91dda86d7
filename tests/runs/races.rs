//! Several callers on one run, in one process and in several.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use leverframe::orchestrator::{Event, Orchestrator, events};
use leverframe::record::Version;
use leverframe::run::RejectionKind;
use leverframe::runs::{Request, Runs, RunsError};
use leverframe::store::Store;
use leverframe::store::memory::MemoryStore;
use leverframe::store::sqlite::SqliteStore;

use super::{Intruded, caller, copied, id, key};
use crate::durable::Folder;

pub(crate) fn say(text: &str) -> Event {
    events::AddUserMessage { message: text.to_owned() }.into()
}

pub(super) async fn said(runs: &Runs<Orchestrator>) -> Vec<String> {
    let messages = runs.read(&id("main"), |run| run.context().messages.clone()).await.unwrap();
    messages.into_iter().map(|message| message.content).collect()
}

/// A store in which another process says something just before our next append.
async fn intruded(event: Event, request: Request) -> Arc<Intruded> {
    let other: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let theirs = Runs::<Orchestrator>::new(other.clone());
    theirs.apply(&caller(), &id("main"), event, request).await.unwrap();
    let store = Arc::new(Intruded::default());
    store.intrude(copied(&*other, &id("main"), 0).await);
    store
}

#[tokio::test]
async fn a_lost_race_applies_to_the_new_state() {
    let store = intruded(say("theirs"), Request::new()).await;
    let runs = Runs::<Orchestrator>::new(store);
    let accepted = runs.apply(&caller(), &id("main"), say("ours"), Request::new()).await.unwrap();
    assert_eq!((accepted.status.version, accepted.replayed), (Version(2), false));
    assert_eq!(said(&runs).await, ["theirs", "ours"]);
}

#[tokio::test]
async fn a_lost_race_with_an_expected_version_is_refused() {
    let store = intruded(say("theirs"), Request::new()).await;
    let runs = Runs::<Orchestrator>::new(store);
    let ours = Request::new().expecting(Version::START);
    match runs.apply(&caller(), &id("main"), say("ours"), ours).await {
        Err(RunsError::Refused(refused)) => {
            assert_eq!(refused.rejection.kind, RejectionKind::Conflict);
            assert_eq!(refused.status.version, Version(1));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(said(&runs).await, ["theirs"]);
}

/// The race was lost to this very request, which another process had received too.
#[tokio::test]
async fn a_race_lost_to_itself_is_answered_as_the_first_time() {
    let request = Request::new().with_key(key("k"));
    let store = intruded(say("once"), request.clone()).await;
    let runs = Runs::<Orchestrator>::new(store);
    let accepted = runs.apply(&caller(), &id("main"), say("once"), request).await.unwrap();
    assert!(accepted.replayed);
    assert_eq!(said(&runs).await, ["once"]);
}

/// An event that lost the race may be illegal in the new state.
#[tokio::test]
async fn a_lost_race_may_end_in_a_refusal() {
    let plan = || events::Plan { task_description: None }.into();
    let store = intruded(plan(), Request::new()).await;
    let runs = Runs::<Orchestrator>::new(store);
    match runs.apply(&caller(), &id("main"), plan(), Request::new()).await {
        Err(RunsError::Refused(refused)) => {
            assert_eq!(refused.rejection.kind, RejectionKind::NoTransition);
        }
        other => panic!("{other:?}"),
    }
}

/// Four programs on one file apply without expectations: each event is there once.
#[tokio::test]
async fn programs_that_share_a_file_lose_nothing() {
    let folder = Folder::new();
    let open = || Runs::<Orchestrator>::new(Arc::new(SqliteStore::open(&folder.file()).unwrap()));
    let all: Vec<_> = (0..4).map(|_| open()).collect();
    let next = AtomicU64::new(0);
    let work = all.iter().map(async |runs| {
        for _ in 0..50 {
            let text = next.fetch_add(1, Ordering::Relaxed).to_string();
            let done = runs.apply(&caller(), &id("main"), say(&text), Request::new()).await;
            done.unwrap();
        }
    });
    futures::future::join_all(work).await;
    let mut said = said(&open()).await;
    said.sort_by_key(|text| text.parse::<u64>().unwrap());
    assert_eq!(said, (0..200).map(|number| number.to_string()).collect::<Vec<_>>());
}

/// The initial context is made once for each run, and neither it nor an entry action that panics ends the program.
mod starts {
    use std::sync::atomic::{AtomicU64, Ordering};

    pub(super) static MADE: AtomicU64 = AtomicU64::new(0);

    #[leverframe::machine(serde)]
    pub mod draw {
        #[context]
        #[derive(Debug, serde::Serialize, serde::Deserialize)]
        pub struct Lot {
            pub number: u64,
        }
        impl Default for Lot {
            fn default() -> Self {
                Self { number: super::MADE.fetch_add(1, super::Ordering::SeqCst) }
            }
        }
        #[state(initial)]
        pub struct Drawn;
        #[state(final)]
        pub struct Seen;
        #[entry(Drawn)]
        fn look(lot: &mut Lot) {
            assert!(lot.number != 1, "lot 1 is cursed");
        }
        #[transition(from = Drawn)]
        fn show() -> Seen {
            Seen
        }
    }
}

#[tokio::test]
async fn an_initial_context_is_made_once() {
    use starts::{MADE, draw};
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let runs = Runs::<draw::Draw>::new(store.clone());
    runs.start(&caller(), &id("a"), None).await.unwrap();
    assert_eq!(runs.read(&id("a"), |run| run.context().number).await.unwrap(), 0);
    assert_eq!(MADE.load(Ordering::SeqCst), 1);
    let error = runs.start(&caller(), &id("b"), None).await.unwrap_err();
    assert!(super::chain(&error).contains("lot 1 is cursed"), "{error:?}");
    assert_eq!(store.heads(None, None, 10).await.unwrap().len(), 1, "nothing is left behind");
    // Reading a run makes no context.
    let again = Runs::<draw::Draw>::new(store);
    assert_eq!(again.read(&id("a"), |run| run.context().number).await.unwrap(), 0);
    assert_eq!(MADE.load(Ordering::SeqCst), 2);
}
