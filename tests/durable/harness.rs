//! The tests would see what they look for: each seeded fault turns one of them red.

use leverframe::record::Hash;
use leverframe::store::sqlite::{Fault, SqliteStore};
use leverframe::store::{Store, StoreError};

use super::storm::storm;
use super::weather::{Rounds, kills};
use super::{Folder, all, name, records, report, said};

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

/// What the commit's failure leads to: nobody is told that it was kept, and the store goes on from what is there.
async fn failed_commit(fault: Fault) -> Result<(), String> {
    let folder = Folder::new();
    let store = SqliteStore::open_with(&folder.file(), fault).unwrap();
    let main = name("main");
    let written = records(&Hash::NONE, 0, 3, "a");
    store.append(&main, Hash::NONE, written[..1].to_vec(), None).await.unwrap();
    match store.append(&main, written[0].hash, written[1..2].to_vec(), None).await {
        Err(StoreError::Indeterminate(_)) => {}
        other => return Err(format!("a failed commit is told as {other:?}")),
    }
    let kept = all(&store, &main).await.unwrap();
    assert_eq!(kept.iter().map(said).collect::<Vec<_>>(), ["a"]);
    let end = kept[0].hash;
    store.append(&main, end, written[1..].to_vec(), None).await.unwrap();
    assert_eq!(all(&store, &main).await.unwrap().len(), 3);
    Ok(())
}

#[tokio::test]
async fn a_failed_commit_is_not_acknowledged_and_not_tried_again() {
    failed_commit(Fault::CommitFails(2)).await.unwrap();
}

#[tokio::test]
async fn a_store_that_ignores_a_failed_commit_is_seen() {
    let seen = failed_commit(Fault::FailureIgnored(2)).await.unwrap_err();
    report("seeded", &format!("a failed commit is ignored: {seen}"));
}

/// How many commits of a hundred reach the disk.
async fn waits_for_the_disk(fault: Fault) -> bool {
    let folder = Folder::new();
    let store = SqliteStore::open_with(&folder.file(), fault).unwrap();
    store.synchronous().await.unwrap() == 2
}

#[tokio::test]
async fn commits_wait_for_the_disk() {
    assert!(waits_for_the_disk(Fault::None).await);
    assert!(!waits_for_the_disk(Fault::SyncNormal).await, "the fault is seen");
    report("seeded", "commits do not wait for the disk: the setting is read back");
}
