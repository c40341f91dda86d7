//! What every store promises.

use std::future::Future;
use std::sync::Arc;

use leverframe::record::{Hash, Principal, Version};
use leverframe::store::gate::{Denial, GateRequest};
use leverframe::store::memory::MemoryStore;
use leverframe::store::sqlite::SqliteStore;
use leverframe::store::{Due, Removal, Snapshot, Store, StoreError};

use serde_json::value::RawValue;

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
        store.append(&main, Hash::NONE, written[..1].to_vec(), None).await.unwrap();
        store.append(&main, written[0].hash, written[1..].to_vec(), None).await.unwrap();
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
        is_conflict(store.append(&main, ours[0].hash, ours[1..2].to_vec(), None).await, None);
        is_conflict(store.append(&main, ours[0].hash, ours[..1].to_vec(), None).await, None);
        store.append(&main, Hash::NONE, ours[..2].to_vec(), None).await.unwrap();
        is_conflict(store.append(&main, Hash::NONE, theirs.clone(), None).await, Some(1));
        is_conflict(store.append(&main, ours[0].hash, theirs[1..2].to_vec(), None).await, Some(1));
        // The version fits, and what is before it does not.
        is_conflict(store.append(&main, theirs[1].hash, theirs[2..].to_vec(), None).await, Some(1));
        let kept = all(&*store, &main).await.unwrap();
        assert_eq!(kept.iter().map(said).collect::<Vec<_>>(), ["ours", "ours"]);
        store.append(&main, ours[1].hash, ours[2..].to_vec(), None).await.unwrap();
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
            store.append(run, Hash::NONE, both, None).await.unwrap();
            let found = store.keyed(run, &key("k")).await.unwrap().unwrap();
            assert_eq!((found.version, found.hash), (Version(1), second.hash));
        }
        is_conflict(store.append(&a, second.hash, vec![third], None).await, Some(1));
        let twice = [2, 3].map(|version| record(&second.hash, version, "", Some(key("l"))));
        is_conflict(store.append(&a, second.hash, twice.to_vec(), None).await, Some(1));
        assert_eq!(all(&*store, &a).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn heads_are_told_in_the_order_of_names() {
    check(async |store: Arc<dyn Store>| {
        for run in ["b", "a", "c"] {
            store
                .append(&name(run), Hash::NONE, records(&Hash::NONE, 0, 2, ""), None)
                .await
                .unwrap();
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
async fn runs_are_told_as_they_fall_due() {
    check(async |store: Arc<dyn Store>| {
        let written = records(&Hash::NONE, 0, 2, "");
        for (run, due) in [("c", Some(7)), ("a", Some(9)), ("d", Some(7)), ("b", None)] {
            let due = due.map(at);
            store.append(&name(run), Hash::NONE, written.clone(), due).await.unwrap();
        }
        let due = |run, second| Due { time: at(second), run: name(run) };
        let all = [due("c", 7), due("d", 7), due("a", 9)];
        assert_eq!(store.due(None, 10).await.unwrap(), all);
        assert_eq!(store.due(None, 1).await.unwrap(), all[..1]);
        let heads = store.heads(None, 10).await.unwrap();
        let times: Vec<_> = heads.iter().map(|head| head.due).collect();
        assert_eq!(times, [Some(at(9)), None, Some(at(7)), Some(at(7))]);
        assert_eq!(store.due(Some(&all[0]), 10).await.unwrap(), all[1..]);
        // What comes later takes the place of it.
        let next = records(&written[1].hash, 2, 1, "");
        store.append(&name("c"), written[1].hash, next, None).await.unwrap();
        assert_eq!(store.due(None, 10).await.unwrap(), all[1..]);
        store.remove(&name("d"), Removal { actor: Principal::LOCAL, time: at(9) }).await.unwrap();
        assert_eq!(store.due(None, 10).await.unwrap(), all[2..]);
    })
    .await;
}

#[tokio::test]
async fn a_request_for_a_gate_stands_until_its_run_goes_on() {
    check(async |store: Arc<dyn Store>| {
        let main = name("main");
        let request = |version, event: &str| {
            let event = RawValue::from_string(event.to_owned()).unwrap();
            GateRequest::new(Version(version), event, Principal::LOCAL, at(5))
        };
        let (ship, stop) = (request(1, r#"{"ship":{}}"#), request(1, r#"{"stop":{}}"#));
        is_conflict(store.ask(&main, Hash::NONE, ship.clone()).await, None);
        let written = records(&Hash::NONE, 0, 3, "");
        store.append(&main, Hash::NONE, written[..2].to_vec(), None).await.unwrap();
        is_conflict(store.ask(&main, written[0].hash, ship.clone()).await, Some(1));
        assert!(store.asked(&main).await.unwrap().is_empty());
        for request in [&ship, &stop, &ship] {
            store.ask(&main, written[1].hash, request.clone()).await.unwrap();
        }
        let json = |asked: Vec<GateRequest>| serde_json::to_string(&asked).unwrap();
        let asked = json(store.asked(&main).await.unwrap());
        assert_eq!(asked, json(vec![ship.clone(), stop.clone()]));

        let denial = Denial {
            actor: Principal::from("ada".to_owned()),
            way: "command line".to_owned(),
            reason: "not today".to_owned(),
            time: at(6),
        };
        let unknown = request(1, r#"{"go":{}}"#).id();
        is_conflict(store.deny(&main, unknown, denial.clone()).await, Some(1));
        store.deny(&main, ship.id(), denial.clone()).await.unwrap();
        is_conflict(store.deny(&main, ship.id(), denial.clone()).await, Some(1));
        // It is asked again, and stays denied.
        store.ask(&main, written[1].hash, ship.clone()).await.unwrap();
        let denied = GateRequest { denial: Some(denial.clone()), ..ship };
        let asked = json(store.asked(&main).await.unwrap());
        assert_eq!(asked, json(vec![denied, stop.clone()]));

        store.append(&main, written[1].hash, written[2..].to_vec(), None).await.unwrap();
        assert!(store.asked(&main).await.unwrap().is_empty());
        is_conflict(store.deny(&main, stop.id(), denial).await, Some(2));
    })
    .await;
}

#[tokio::test]
async fn the_last_snapshot_is_kept() {
    check(async |store: Arc<dyn Store>| {
        let main = name("main");
        let written = records(&Hash::NONE, 0, 3, "");
        store.append(&main, Hash::NONE, written.clone(), None).await.unwrap();
        assert_eq!(store.snapshot(&main).await.unwrap(), None);
        for record in &written {
            let (version, hash) = (record.version, record.hash);
            let body = format!("{{\"at\":{version}}}");
            store.keep(&main, Snapshot { version, hash, body, entered: Vec::new() });
        }
        // What is appended later is written later.
        store
            .append(&main, written[2].hash, records(&written[2].hash, 3, 1, ""), None)
            .await
            .unwrap();
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
            store.append(run, Hash::NONE, written.clone(), None).await.unwrap();
        }
        let tombstone = store.remove(&main, removal()).await.unwrap();
        assert_eq!((tombstone.version, tombstone.hash), (Version(2), written[2].hash));
        assert_eq!((&tombstone.run, tombstone.time), (&main, at(9)));
        assert_eq!(store.tombstones().await.unwrap(), [tombstone]);
        assert!(all(&*store, &main).await.unwrap().is_empty());
        assert_eq!(all(&*store, &other).await.unwrap().len(), 3);
        is_conflict(
            store.append(&main, written[2].hash, records(&written[2].hash, 3, 1, ""), None).await,
            None,
        );
        let again = records(&Hash::NONE, 0, 2, "second");
        store.append(&main, Hash::NONE, again, None).await.unwrap();
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
        store.append(&name("a"), Hash::NONE, records(&Hash::NONE, 0, 1, ""), None).await.unwrap();
        changes.changed().await.unwrap();
    })
    .await;
}
