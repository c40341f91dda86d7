//! What every store promises.

use std::future::Future;
use std::sync::Arc;

use leverframe::record::{Hash, Principal, Version};
use leverframe::store::memory::MemoryStore;
use leverframe::store::sqlite::SqliteStore;
use leverframe::store::{Removal, Snapshot, Store, StoreError};

use super::{Folder, all, at, key, name, record, records, said};

/// Holds each store against one part of the contract.
async fn check<F: Future<Output = ()>>(contract: impl Fn(Arc<dyn Store>) -> F) {
    contract(Arc::new(MemoryStore::new())).await;
    let folder = Folder::new();
    contract(Arc::new(SqliteStore::open(&folder.file()).unwrap())).await;
}

#[track_caller]
fn is_conflict(done: Result<(), StoreError>, at: Option<u64>) {
    match done {
        Err(StoreError::Conflict { actual }) => assert_eq!(actual, at.map(Version)),
        other => panic!("a conflict at {at:?}: {other:?}"),
    }
}

#[tokio::test]
async fn records_read_back_as_they_were_written() {
    check(async |store: Arc<dyn Store>| {
        let main = name("main");
        assert!(all(&*store, &main).await.unwrap().is_empty());
        let written = records(&Hash::NONE, 0, 10, "ä \"quoted\" text\n");
        store.append(&main, Hash::NONE, written[..1].to_vec()).await.unwrap();
        store.append(&main, written[0].hash, written[1..].to_vec()).await.unwrap();
        let json = |value| serde_json::to_string(&value).unwrap();
        assert_eq!(json(all(&*store, &main).await.unwrap()), json(written.clone()));
        let page = store.load(&main, Version(3), 4).await.unwrap();
        assert_eq!(page.after, written[2].hash);
        assert_eq!(json(page.records), json(written[3..7].to_vec()));
        let page = store.load(&main, Version(10), 4).await.unwrap();
        assert_eq!((page.after, page.records.len()), (written[9].hash, 0));
        let page = store.load(&main, Version(12), 4).await.unwrap();
        assert_eq!((page.after, page.records.len()), (Hash::NONE, 0));
    })
    .await;
}

#[tokio::test]
async fn no_version_is_given_twice() {
    check(async |store: Arc<dyn Store>| {
        let main = name("main");
        let ours = records(&Hash::NONE, 0, 3, "ours");
        let theirs = records(&Hash::NONE, 0, 3, "theirs");
        is_conflict(store.append(&main, ours[0].hash, ours[1..2].to_vec()).await, None);
        store.append(&main, Hash::NONE, ours[..2].to_vec()).await.unwrap();
        is_conflict(store.append(&main, Hash::NONE, theirs.clone()).await, Some(1));
        is_conflict(store.append(&main, ours[0].hash, theirs[1..2].to_vec()).await, Some(1));
        // The version fits, and what is before it does not.
        is_conflict(store.append(&main, theirs[1].hash, theirs[2..].to_vec()).await, Some(1));
        let kept = all(&*store, &main).await.unwrap();
        assert_eq!(kept.iter().map(said).collect::<Vec<_>>(), ["ours", "ours"]);
        store.append(&main, ours[1].hash, ours[2..].to_vec()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_request_key_is_used_once_in_a_run() {
    check(async |store: Arc<dyn Store>| {
        let (a, b) = (name("a"), name("b"));
        let first = record(&Hash::NONE, 0, "start", None);
        let second = record(&first.hash, 1, "one", Some(key("k")));
        let third = record(&second.hash, 2, "two", Some(key("k")));
        for run in [&a, &b] {
            assert!(store.keyed(run, &key("k")).await.unwrap().is_none());
            let both = vec![first.clone(), second.clone()];
            store.append(run, Hash::NONE, both).await.unwrap();
            let found = store.keyed(run, &key("k")).await.unwrap().unwrap();
            assert_eq!((found.version, found.hash), (Version(1), second.hash));
        }
        is_conflict(store.append(&a, second.hash, vec![third]).await, Some(1));
        assert_eq!(all(&*store, &a).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn heads_are_told_in_the_order_of_names() {
    check(async |store: Arc<dyn Store>| {
        for run in ["b", "a", "c"] {
            store.append(&name(run), Hash::NONE, records(&Hash::NONE, 0, 2, "")).await.unwrap();
        }
        let heads = store.heads(None, 2).await.unwrap();
        assert_eq!(heads.iter().map(|head| head.run.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(
            (heads[0].version, heads[0].state.as_str(), heads[0].time),
            (Version(1), "OPEN", at(1)),
        );
        let rest = store.heads(Some(&heads[1].run), 2).await.unwrap();
        assert_eq!(rest.iter().map(|head| head.run.as_str()).collect::<Vec<_>>(), ["c"]);
    })
    .await;
}

#[tokio::test]
async fn the_last_snapshot_is_kept() {
    check(async |store: Arc<dyn Store>| {
        let main = name("main");
        let written = records(&Hash::NONE, 0, 3, "");
        store.append(&main, Hash::NONE, written.clone()).await.unwrap();
        assert_eq!(store.snapshot(&main).await.unwrap(), None);
        for record in &written {
            let (version, hash) = (record.version, record.hash);
            store.keep(&main, Snapshot { version, hash, body: format!("{{\"at\":{version}}}") });
        }
        // What is appended later is written later.
        store.append(&main, written[2].hash, records(&written[2].hash, 3, 1, "")).await.unwrap();
        let snapshot = store.snapshot(&main).await.unwrap().unwrap();
        assert_eq!((snapshot.version, snapshot.body.as_str()), (Version(2), "{\"at\":2}"));
    })
    .await;
}

#[tokio::test]
async fn a_removed_run_leaves_a_tombstone_and_its_name() {
    check(async |store: Arc<dyn Store>| {
        let (main, other) = (name("main"), name("other"));
        let removal = || Removal { actor: Principal::LOCAL, time: at(9) };
        let none = store.remove(&main, removal()).await;
        is_conflict(none.map(drop), None);
        let written = records(&Hash::NONE, 0, 3, "first");
        for run in [&main, &other] {
            store.append(run, Hash::NONE, written.clone()).await.unwrap();
        }
        let tombstone = store.remove(&main, removal()).await.unwrap();
        assert_eq!((tombstone.version, tombstone.hash), (Version(2), written[2].hash));
        assert_eq!((&tombstone.run, tombstone.time), (&main, at(9)));
        assert_eq!(store.tombstones().await.unwrap(), [tombstone]);
        assert!(all(&*store, &main).await.unwrap().is_empty());
        assert_eq!(all(&*store, &other).await.unwrap().len(), 3);
        is_conflict(
            store.append(&main, written[2].hash, records(&written[2].hash, 3, 1, "")).await,
            None,
        );
        let again = records(&Hash::NONE, 0, 2, "second");
        store.append(&main, Hash::NONE, again).await.unwrap();
        let kept = all(&*store, &main).await.unwrap();
        assert_eq!(kept.iter().map(said).collect::<Vec<_>>(), ["second", "second"]);
        let removed = store.remove(&main, removal()).await.unwrap();
        assert_eq!(store.tombstones().await.unwrap().last(), Some(&removed));
    })
    .await;
}

#[tokio::test]
async fn who_watches_is_told() {
    check(async |store: Arc<dyn Store>| {
        let mut changes = store.watch();
        changes.mark_unchanged();
        store.append(&name("a"), Hash::NONE, records(&Hash::NONE, 0, 1, "")).await.unwrap();
        changes.changed().await.unwrap();
    })
    .await;
}
