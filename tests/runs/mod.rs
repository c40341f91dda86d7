//! Runs at their boundary: requests, timeouts, histories of other programs, limits.

mod agent_forks;
mod archive;
mod durable;
mod fork;
mod gates;
mod limits;
mod programs;
pub(crate) mod races;
mod requests;
mod sensitive;
mod tasks;
pub(crate) mod timeouts;
pub(crate) mod unrecorded;
mod upgrades;

use std::sync::{Arc, Mutex};

use leverframe::caller::{Caller, Way};
use leverframe::record::{Hash, Record, RequestKey, RunId, Snapshot, Version};
use leverframe::runs::RunsError;
use leverframe::store::memory::MemoryStore;
use leverframe::store::{Append, PageLimit, Store};

const ALL: PageLimit = PageLimit::new(1_000_000, usize::MAX);

fn caller() -> Caller {
    called("ada")
}

fn called(principal: &str) -> Caller {
    Caller::new(principal.parse().unwrap(), Way::Program)
}

/// The caller's run of this name.
fn id(name: &str) -> RunId {
    RunId::new(caller().principal().clone(), name.parse().unwrap())
}

fn key(text: &str) -> RequestKey {
    RequestKey::try_from(text.to_owned()).unwrap()
}

async fn all(store: &dyn Store, run: &RunId) -> Vec<Record> {
    store.load(run, Version::START, ALL).await.unwrap().records
}

#[track_caller]
fn is_refused(done: Result<impl std::fmt::Debug, RunsError>, part: &str) {
    let error = done.unwrap_err();
    assert!(error.to_string().contains(part), "`{part}`: {error}");
}

/// An error with its causes.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Implements `Store` by the field `store`, but for what is given.
macro_rules! as_the_store_within {
    ($store:ty { $($own:item)* }) => {
        const _: () = {
            use leverframe::caller::Principal;
            use leverframe::record::{Position, Record, RequestKey, RunId, Version};
            use leverframe::store::{
                Answer, Due, DueNote, Head, Logged, Note, NoteChange, Opening, Page, PageLimit, Removal,
                Revision, Scope, Store, Tombstone,
            };
            use tokio::sync::watch;

            impl Store for $store {
            $($own)*
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
            fn count<'a>(&'a self, owner: &'a Principal) -> Answer<'a, u64> {
                self.store.count(owner)
            }
            fn head<'a>(&'a self, run: &'a RunId) -> Answer<'a, Option<Head>> {
                self.store.head(run)
            }
            fn due<'a>(&'a self, after: Option<&'a Due>, limit: usize) -> Answer<'a, Vec<Due>> {
                self.store.due(after, limit)
            }
            fn notes<'a>(&'a self, scope: &'a Scope) -> Answer<'a, Vec<Note>> {
                self.store.notes(scope)
            }
            fn noted<'a>(&'a self, prefix: &'a str) -> Answer<'a, Vec<RunId>> {
                self.store.noted(prefix)
            }
            fn due_notes(
                &self,
                time: chrono::DateTime<chrono::Utc>,
                limit: usize,
            ) -> Answer<'_, Vec<DueNote>> {
                self.store.due_notes(time, limit)
            }
            fn next_due_note(
                &self,
                time: chrono::DateTime<chrono::Utc>,
            ) -> Answer<'_, Option<chrono::DateTime<chrono::Utc>>> {
                self.store.next_due_note(time)
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
            }
        };
    };
}
use as_the_store_within;

/// A store in which something happens just before an append.
#[derive(Default)]
struct Intruded {
    store: MemoryStore,
    before: Mutex<Vec<Append>>,
}

impl Intruded {
    /// This happens before the next append that is not at rest.
    fn intrude(&self, append: Append) {
        self.before.lock().unwrap().push(append);
    }
}

as_the_store_within!(Intruded {
    fn append(&self, append: Append) -> Answer<'_, Position> {
        Box::pin(async move {
            let intruder = self.before.lock().unwrap().pop();
            if let Some(intruder) = intruder {
                self.store.append(intruder).await?;
            }
            self.store.append(append).await
        })
    }
    fn keep(&self, run: &RunId, snapshot: Snapshot) {
        self.store.keep(run, snapshot);
    }
});

/// The records of a run as another process would append them.
async fn copied(store: &dyn Store, run: &RunId, from: u64) -> Append {
    let page = store.load(run, Version(from), ALL).await.unwrap();
    let declaration = page.head.map_or(Hash::NONE, |head| head.declaration);
    Append::new(run.clone(), page.after, page.records, declaration)
}

/// A store in memory that several programs use one after another.
fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}
