//! What was not recorded did not happen: whatever the store does, nothing else is seen.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use leverframe::orchestrator::events;
use leverframe::orchestrator::{Event, Orchestrator};
use leverframe::record::{Hash, Principal, Record, RequestKey, RunName, Version};
use leverframe::run::Kind;
use leverframe::runs::{Runs, RunsError};
use leverframe::store::gate::{Denial, GateRequest};
use leverframe::store::memory::MemoryStore;
use leverframe::store::{Answer, Due, Head, Page, Removal, Snapshot, Store, StoreError, Tombstone};
use tokio::sync::watch;

/// All that a store does but appending, as the store within does it.
macro_rules! as_the_store_within {
    () => {
        fn load<'a>(&'a self, run: &'a RunName, from: Version, limit: usize) -> Answer<'a, Page> {
            self.store.load(run, from, limit)
        }
        fn keyed<'a>(
            &'a self,
            run: &'a RunName,
            key: &'a RequestKey,
        ) -> Answer<'a, Option<Record>> {
            self.store.keyed(run, key)
        }
        fn heads<'a>(&'a self, after: Option<&'a RunName>, limit: usize) -> Answer<'a, Vec<Head>> {
            self.store.heads(after, limit)
        }
        fn snapshot<'a>(&'a self, run: &'a RunName) -> Answer<'a, Option<Snapshot>> {
            self.store.snapshot(run)
        }
        fn keep(&self, run: &RunName, snapshot: Snapshot) {
            self.store.keep(run, snapshot);
        }
        fn remove<'a>(&'a self, run: &'a RunName, removal: Removal) -> Answer<'a, Tombstone> {
            self.store.remove(run, removal)
        }
        fn due<'a>(&'a self, after: Option<&'a Due>, limit: usize) -> Answer<'a, Vec<Due>> {
            self.store.due(after, limit)
        }
        fn ask<'a>(
            &'a self,
            run: &'a RunName,
            after: Hash,
            request: GateRequest,
        ) -> Answer<'a, ()> {
            self.store.ask(run, after, request)
        }
        fn asked<'a>(&'a self, run: &'a RunName) -> Answer<'a, Vec<GateRequest>> {
            self.store.asked(run)
        }
        fn deny<'a>(&'a self, run: &'a RunName, request: Hash, denial: Denial) -> Answer<'a, ()> {
            self.store.deny(run, request, denial)
        }
        fn tombstones(&self) -> Answer<'_, Vec<Tombstone>> {
            self.store.tombstones()
        }
        fn watch(&self) -> watch::Receiver<u64> {
            self.store.watch()
        }
    };
}

/// A store that can be broken.
#[derive(Default)]
struct Brittle {
    store: MemoryStore,
    is_broken: AtomicBool,
}

impl Store for Brittle {
    fn append<'a>(
        &'a self,
        run: &'a RunName,
        after: Hash,
        records: Vec<Record>,
        due: Option<DateTime<Utc>>,
    ) -> Answer<'a, ()> {
        if self.is_broken.load(Ordering::Relaxed) {
            return Box::pin(async { Err(StoreError::Unavailable("no disk".into())) });
        }
        self.store.append(run, after, records, due)
    }

    as_the_store_within!();
}

/// A message of the user.
pub(super) fn say(text: &str) -> Event {
    events::AddUserMessage { message: text.to_owned() }.into()
}

async fn said(runs: &Runs<Orchestrator>) -> Vec<String> {
    let main = RunName::main();
    let messages = runs.read(&main, |run| run.context().messages.clone());
    messages.await.unwrap().into_iter().map(|message| message.content).collect()
}

#[tokio::test]
async fn an_event_that_the_store_does_not_take_did_not_happen() {
    let store = Arc::new(Brittle::default());
    let runs = Runs::<Orchestrator>::new(store.clone());
    let main = RunName::main();
    for known in [vec![], vec!["a".to_owned()]] {
        store.is_broken.store(true, Ordering::Relaxed);
        let error = runs.apply(&main, say("lost"), None, &Principal::LOCAL).await.unwrap_err();
        assert!(matches!(error, RunsError::Store(StoreError::Unavailable(_))), "{error:?}");
        assert_eq!(said(&runs).await, known);
        store.is_broken.store(false, Ordering::Relaxed);
        assert_eq!(said(&runs).await, known);
        runs.apply(&main, say("a"), None, &Principal::LOCAL).await.unwrap();
    }
    assert_eq!(said(&runs).await, ["a", "a"]);
}

/// Two who serve one store: each sees what the other recorded, and a race has one winner.
#[tokio::test]
async fn two_on_one_store_see_each_other() {
    let store = Arc::new(MemoryStore::new());
    let [ours, theirs] = [(); 2].map(|()| Runs::<Orchestrator>::new(store.clone()));
    let main = RunName::main();
    ours.apply(&main, say("a"), None, &Principal::LOCAL).await.unwrap();
    theirs.apply(&main, say("b"), None, &Principal::LOCAL).await.unwrap();
    assert_eq!(said(&ours).await, ["a", "b"]);
    let at = Some(Version(2));
    ours.apply(&main, say("c"), at, &Principal::LOCAL).await.unwrap();
    match theirs.apply(&main, say("d"), at, &Principal::LOCAL).await {
        Err(RunsError::Refused(refused)) => {
            assert_eq!(refused.rejected.kind, Kind::Conflict);
            assert_eq!(refused.situation.version, Version(3));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(said(&theirs).await, ["a", "b", "c"]);
}

/// A store whose history went on between the look at it and the append, by records that follow on a hash.
#[derive(Default)]
pub(crate) struct Raced {
    pub(crate) store: MemoryStore,
    pub(crate) intruder: std::sync::Mutex<Option<(Hash, Vec<Record>)>>,
}

impl Store for Raced {
    fn append<'a>(
        &'a self,
        run: &'a RunName,
        after: Hash,
        records: Vec<Record>,
        due: Option<DateTime<Utc>>,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            let intruder = self.intruder.lock().unwrap().take();
            if let Some((after, intruder)) = intruder {
                self.store.append(run, after, intruder, None).await?;
            }
            self.store.append(run, after, records, due).await
        })
    }

    as_the_store_within!();
}

#[tokio::test]
async fn a_lost_race_is_a_conflict_and_leaves_nothing_behind() {
    let other = Arc::new(MemoryStore::new());
    let main = RunName::main();
    let theirs = Runs::<Orchestrator>::new(other.clone());
    theirs.apply(&main, say("theirs"), None, &Principal::LOCAL).await.unwrap();
    let intruder = other.load(&main, Version::START, 10).await.unwrap().records;
    let store = Raced { store: MemoryStore::new(), intruder: Some((Hash::NONE, intruder)).into() };
    let runs = Runs::<Orchestrator>::new(Arc::new(store));
    match runs.apply(&main, say("ours"), None, &Principal::LOCAL).await {
        Err(RunsError::Refused(refused)) => {
            assert_eq!(refused.rejected.kind, Kind::Conflict);
            assert_eq!(refused.situation.version, Version(1));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(said(&runs).await, ["theirs"]);
    runs.apply(&main, say("ours"), None, &Principal::LOCAL).await.unwrap();
    assert_eq!(said(&runs).await, ["theirs", "ours"]);
}
