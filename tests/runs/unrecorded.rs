//! What was not recorded did not happen: whatever the store does, nothing else is seen.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use leverframe::orchestrator::Orchestrator;
use leverframe::record::{Snapshot, Version};
use leverframe::runs::{Request, Runs, RunsError};
use leverframe::store::memory::MemoryStore;
use leverframe::store::{Append, StoreError};

use super::races::{said, say};
use super::{as_the_store_within, caller, id, is_refused};

/// A store that can be broken.
#[derive(Default)]
pub(crate) struct Brittle {
    pub(crate) store: MemoryStore,
    pub(crate) is_broken: AtomicBool,
}

as_the_store_within!(Brittle {
    fn append(&self, append: Append) -> Answer<'_, Position> {
        if self.is_broken.load(Ordering::Relaxed) {
            return Box::pin(async { Err(StoreError::Unavailable("no disk".into())) });
        }
        self.store.append(append)
    }
    fn keep(&self, run: &RunId, snapshot: Snapshot) {
        self.store.keep(run, snapshot);
    }
});

#[tokio::test]
async fn an_event_that_the_store_does_not_take_did_not_happen() {
    let store = Arc::new(Brittle::default());
    let runs = Runs::<Orchestrator>::new(store.clone());
    for known in [vec![], vec!["a".to_owned()]] {
        store.is_broken.store(true, Ordering::Relaxed);
        let done = runs.apply(&caller(), &id("main"), say("lost"), Request::new()).await;
        let error = done.unwrap_err();
        assert!(matches!(error, RunsError::Store(StoreError::Unavailable(_))), "{error:?}");
        assert_eq!(said(&runs).await, known);
        store.is_broken.store(false, Ordering::Relaxed);
        assert_eq!(said(&runs).await, known);
        runs.apply(&caller(), &id("main"), say("a"), Request::new()).await.unwrap();
    }
    assert_eq!(said(&runs).await, ["a", "a"]);
}

/// Two programs on one store: each sees what the other recorded, and a race has one winner.
#[tokio::test]
async fn two_on_one_store_see_each_other() {
    let store = Arc::new(MemoryStore::new());
    let [ours, theirs] = [(); 2].map(|()| Runs::<Orchestrator>::new(store.clone()));
    for (runs, text) in [(&ours, "a"), (&theirs, "b")] {
        runs.apply(&caller(), &id("main"), say(text), Request::new()).await.unwrap();
    }
    assert_eq!(said(&ours).await, ["a", "b"]);
    let request = Request::new().expecting(Version(2));
    ours.apply(&caller(), &id("main"), say("c"), request.clone()).await.unwrap();
    let lost = theirs.apply(&caller(), &id("main"), say("c"), request).await;
    is_refused(lost, "the run is at version 3, not 2");
    assert_eq!(said(&theirs).await, ["a", "b", "c"]);
}
