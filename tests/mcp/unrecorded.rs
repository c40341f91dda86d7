//! What was not recorded did not happen: whatever the store does, nothing else is seen.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use leverframe::caller::Principal;
use leverframe::orchestrator::{Event, Orchestrator, events};
use leverframe::record::{Hash, Position, Record, RequestKey, RunId, Snapshot, Version};
use leverframe::run::RejectionKind;
use leverframe::runs::{Request, Runs, RunsError};
use leverframe::store::memory::MemoryStore;
use leverframe::store::{
    Answer, Append, Due, Head, Logged, Note, NoteChange, Opening, Page, PageLimit, Removal,
    Revision, Scope, Store, StoreError, Tombstone,
};
use tokio::sync::watch;

use super::{local, main_run};

/// Everything that a store does but appending, as the store within does it.
macro_rules! as_the_store_within {
    () => {
        fn open<'a>(&'a self, run: &'a RunId, limit: PageLimit) -> Answer<'a, Opening> {
            self.store.open(run, limit)
        }
        fn load<'a>(&'a self, run: &'a RunId, from: Version, limit: PageLimit) -> Answer<'a, Page> {
            self.store.load(run, from, limit)
        }
        fn keyed<'a>(
            &'a self,
            run: &'a RunId,
            principal: &'a Principal,
            key: &'a RequestKey,
        ) -> Answer<'a, Option<Record>> {
            self.store.keyed(run, principal, key)
        }
        fn log(&self, after: Position, limit: PageLimit) -> Answer<'_, Vec<Logged>> {
            self.store.log(after, limit)
        }
        fn heads<'a>(
            &'a self,
            owner: Option<&'a Principal>,
            after: Option<&'a RunId>,
            limit: usize,
        ) -> Answer<'a, Vec<Head>> {
            self.store.heads(owner, after, limit)
        }
        fn head<'a>(&'a self, run: &'a RunId) -> Answer<'a, Option<Head>> {
            self.store.head(run)
        }
        fn due<'a>(&'a self, after: Option<&'a Due>, limit: usize) -> Answer<'a, Vec<Due>> {
            self.store.due(after, limit)
        }
        fn keep(&self, run: &RunId, snapshot: Snapshot) {
            self.store.keep(run, snapshot);
        }
        fn notes<'a>(&'a self, scope: &'a Scope) -> Answer<'a, Vec<Note>> {
            self.store.notes(scope)
        }
        fn note<'a>(&'a self, scope: &'a Scope, change: NoteChange) -> Answer<'a, Revision> {
            self.store.note(scope, change)
        }
        fn remove<'a>(&'a self, run: &'a RunId, removal: Removal) -> Answer<'a, Tombstone> {
            self.store.remove(run, removal)
        }
        fn tombstones(&self) -> Answer<'_, Vec<Tombstone>> {
            self.store.tombstones()
        }
        fn watch(&self) -> watch::Receiver<Position> {
            self.store.watch()
        }
    };
}

/// A store that can be broken.
#[derive(Default)]
pub(crate) struct Brittle {
    pub(crate) store: MemoryStore,
    pub(crate) is_broken: AtomicBool,
}

impl Store for Brittle {
    fn append(&self, append: Append) -> Answer<'_, Position> {
        if self.is_broken.load(Ordering::Relaxed) {
            return Box::pin(async { Err(StoreError::Unavailable("no disk".into())) });
        }
        self.store.append(append)
    }

    as_the_store_within!();
}

/// A message of the user.
pub(crate) fn say(text: &str) -> Event {
    events::AddUserMessage { message: text.to_owned() }.into()
}

async fn said(runs: &Runs<Orchestrator>) -> Vec<String> {
    let main = main_run();
    let messages = runs.read(&main, |run| run.context().messages.clone());
    messages.await.unwrap().into_iter().map(|message| message.content).collect()
}

#[tokio::test]
async fn an_event_that_the_store_does_not_take_did_not_happen() {
    let store = Arc::new(Brittle::default());
    let runs = Runs::<Orchestrator>::new(store.clone());
    let (local, main) = (local(), main_run());
    for known in [vec![], vec!["a".to_owned()]] {
        store.is_broken.store(true, Ordering::Relaxed);
        let error = runs.apply(&local, &main, say("lost"), Request::new()).await.unwrap_err();
        assert!(matches!(error, RunsError::Store(StoreError::Unavailable(_))), "{error:?}");
        assert_eq!(said(&runs).await, known);
        store.is_broken.store(false, Ordering::Relaxed);
        assert_eq!(said(&runs).await, known);
        runs.apply(&local, &main, say("a"), Request::new()).await.unwrap();
    }
    assert_eq!(said(&runs).await, ["a", "a"]);
}

/// Two programs on one store: each sees what the other recorded, and a race has one winner.
#[tokio::test]
async fn two_on_one_store_see_each_other() {
    let store = Arc::new(MemoryStore::new());
    let [ours, theirs] = [(); 2].map(|()| Runs::<Orchestrator>::new(store.clone()));
    let (local, main) = (local(), main_run());
    ours.apply(&local, &main, say("a"), Request::new()).await.unwrap();
    theirs.apply(&local, &main, say("b"), Request::new()).await.unwrap();
    assert_eq!(said(&ours).await, ["a", "b"]);
    let request = Request::new().expecting(Version(2));
    ours.apply(&local, &main, say("c"), request.clone()).await.unwrap();
    check_conflict(theirs.apply(&local, &main, say("c"), request).await, Version(3));
    assert_eq!(said(&theirs).await, ["a", "b", "c"]);
}

/// A store whose history goes on between the look at it and the append, by records that follow on a hash.
#[derive(Default)]
pub(crate) struct Raced {
    pub(crate) store: MemoryStore,
    pub(crate) intruder: std::sync::Mutex<Option<(Hash, Vec<Record>)>>,
}

impl Store for Raced {
    fn append(&self, append: Append) -> Answer<'_, Position> {
        Box::pin(async move {
            let intruder = self.intruder.lock().unwrap().take();
            if let Some((after, records)) = intruder {
                let (run, by) = (append.run.clone(), append.declaration);
                self.store.append(Append::new(run, after, records, by)).await?;
            }
            self.store.append(append).await
        })
    }

    as_the_store_within!();
}

#[tokio::test]
async fn a_lost_race_leaves_nothing_behind() {
    let (local, main) = (local(), main_run());
    for request in [Request::new(), Request::new().expecting(Version::START)] {
        let other = Arc::new(MemoryStore::new());
        let theirs = Runs::<Orchestrator>::new(other.clone());
        theirs.apply(&local, &main, say("theirs"), Request::new()).await.unwrap();
        let page = other.load(&main, Version::START, PageLimit::new(10, 1 << 20)).await.unwrap();
        let intruder = Some((Hash::NONE, page.records));
        let store = Raced { store: MemoryStore::new(), intruder: intruder.into() };
        let runs = Runs::<Orchestrator>::new(Arc::new(store));
        let done = runs.apply(&local, &main, say("ours"), request.clone()).await;
        if request.expected.is_some() {
            check_conflict(done, Version(1));
            assert_eq!(said(&runs).await, ["theirs"]);
        } else {
            assert_eq!(done.unwrap().status.version, Version(2), "it is applied to the new state");
            assert_eq!(said(&runs).await, ["theirs", "ours"]);
        }
        let done = runs.apply(&local, &main, say("last"), Request::new()).await.unwrap();
        assert_eq!(said(&runs).await.len() as u64, done.status.version.0);
    }
}

fn check_conflict<T: std::fmt::Debug>(done: Result<T, RunsError>, version: Version) {
    match done {
        Err(RunsError::Refused(refused)) => {
            assert_eq!(refused.rejection.kind, RejectionKind::Conflict);
            assert_eq!(refused.status.version, version);
        }
        other => panic!("a conflict at version {version}: {other:?}"),
    }
}
