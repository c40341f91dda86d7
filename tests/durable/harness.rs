//! The tests would see what they look for: each seeded fault turns one of them red.

use std::sync::Arc;

use leverframe::record::{Hash, Position};
use leverframe::store::sqlite::SqliteStore;
use leverframe::store::{Append, Store, StoreError};
use rusqlite::Connection;

use super::storm::storm;
use super::weather::{Rounds, kills};
use super::{Folder, after, all, append, name, records, report, said};

/// A way in which a store could be wrong, put around one that is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    /// A record is acknowledged before it is committed.
    EarlyAnswer,
    /// A failed commit is taken for one that did not fail.
    FailureIgnored,
    /// What conflicts is taken for written.
    ConflictIgnored,
    /// The end of the history is looked up before the lock is taken.
    CheckedUnlocked,
}

impl Fault {
    pub(super) async fn append(
        self,
        store: &Arc<SqliteStore>,
        append: Append,
    ) -> Result<Position, StoreError> {
        match self {
            Self::None => store.append(append).await,
            Self::EarlyAnswer => {
                let store = Arc::clone(store);
                tokio::spawn(async move { store.append(append).await });
                // It is handed over, in the order of the calls.
                tokio::task::yield_now().await;
                Ok(Position::START)
            }
            Self::FailureIgnored => store.append(append).await.or_else(|error| match error {
                StoreError::Indeterminate(_) => Ok(Position::START),
                error => Err(error),
            }),
            Self::ConflictIgnored => store.append(append).await.or_else(written),
            Self::CheckedUnlocked => {
                let head = store.head(&append.run).await?;
                let is_free = head.map_or(Hash::NONE, |head| head.hash) == append.after;
                let done = store.append(append).await;
                if is_free { done.or_else(written) } else { done }
            }
        }
    }
}

fn written(error: StoreError) -> Result<Position, StoreError> {
    match error {
        StoreError::Conflict { .. } => Ok(Position::START),
        error => Err(error),
    }
}

#[tokio::test]
async fn a_store_that_ignores_conflicts_is_seen() {
    let seen = storm(Fault::ConflictIgnored, 3).await.unwrap_err();
    assert!(seen.contains("winners"), "{seen}");
    report("seeded", &format!("conflicts are ignored: {seen}"));
}

#[tokio::test]
async fn a_store_that_checks_without_the_lock_is_seen() {
    let seen = storm(Fault::CheckedUnlocked, 3).await.unwrap_err();
    assert!(seen.contains("winners"), "{seen}");
    report("seeded", &format!("the check is made without the lock: {seen}"));
}

#[test]
fn a_store_that_answers_before_it_commits_is_seen() {
    let seen = kills(Fault::EarlyAnswer, &Rounds { rounds: 200, processes: 1 }).unwrap_err();
    assert!(seen.contains("lost"), "{seen}");
    report("seeded", &format!("an answer before the commit: {seen}"));
}

/// Lets the commit of the record with version 1 fail: what it writes refers to a row that is not there, which SQLite
/// looks at in the end.
fn fail_second_commit(folder: &Folder) {
    let other = Connection::open(folder.file()).unwrap();
    let stuck = "CREATE TABLE stuck (at INTEGER REFERENCES run (id) DEFERRABLE INITIALLY DEFERRED);
                 CREATE TRIGGER stuck_at AFTER INSERT ON record WHEN NEW.version = 1
                 BEGIN INSERT INTO stuck VALUES (-1); END";
    other.execute_batch(stuck).unwrap();
}

fn mend_second_commit(folder: &Folder) {
    let other = Connection::open(folder.file()).unwrap();
    other.execute_batch("DROP TRIGGER stuck_at; DROP TABLE stuck").unwrap();
}

/// What the commit's failure leads to: no record is acknowledged, and the store goes on from what is there.
async fn failed_commit(fault: Fault) -> Result<(), String> {
    let folder = Folder::new();
    let store = Arc::new(SqliteStore::open(&folder.file()).unwrap());
    let main = name("main");
    let written = records(&Hash::NONE, 0, 3, "a");
    append(&*store, &main, Hash::NONE, written[..1].to_vec()).await.unwrap();
    fail_second_commit(&folder);
    match fault.append(&store, after(&main, written[0].hash, written[1..2].to_vec())).await {
        Err(StoreError::Indeterminate(_)) => {}
        other => return Err(format!("a failed commit is answered by {other:?}")),
    }
    mend_second_commit(&folder);
    let kept = all(&*store, &main).await.unwrap();
    assert_eq!(kept.iter().map(said).collect::<Vec<_>>(), ["a"]);
    let end = kept[0].hash;
    append(&*store, &main, end, written[1..].to_vec()).await.unwrap();
    assert_eq!(all(&*store, &main).await.unwrap().len(), 3);
    Ok(())
}

#[tokio::test]
async fn a_failed_commit_is_not_acknowledged_and_not_tried_again() {
    failed_commit(Fault::None).await.unwrap();
}

#[tokio::test]
async fn a_store_that_ignores_a_failed_commit_is_seen() {
    let seen = failed_commit(Fault::FailureIgnored).await.unwrap_err();
    report("seeded", &format!("a failed commit is ignored: {seen}"));
}
