//! What every store promises.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use leverframe::caller::Principal;
use leverframe::record::{
    Actor, Configuration, Entered, Hash, Position, Program, Record, RunId, Snapshot, Version,
};
use leverframe::store::memory::MemoryStore;
use leverframe::store::sqlite::SqliteStore;
use leverframe::store::{Due, PageLimit, Removal, Store, StoreError};

use super::{
    Folder, after, all, append, at, at_most, declaration, key, name, record, records, said,
};

/// Holds each store against one part of the contract.
pub(super) async fn check<F: Future<Output = ()>>(contract: impl Fn(Arc<dyn Store>) -> F) {
    check_shared(async |stores: [Arc<dyn Store>; 3]| {
        let [store, ..] = stores;
        contract(store).await;
    })
    .await;
}

/// Holds three values of each store that have one content against one part of the contract.
pub(super) async fn check_shared<F: Future<Output = ()>>(
    contract: impl Fn([Arc<dyn Store>; 3]) -> F,
) {
    let memory: Arc<dyn Store> = Arc::new(MemoryStore::new());
    contract([(); 3].map(|()| Arc::clone(&memory))).await;
    let folder = Folder::new();
    let open = || -> Arc<dyn Store> { Arc::new(SqliteStore::open(&folder.file()).unwrap()) };
    contract([(); 3].map(|()| open())).await;
}

#[track_caller]
pub(super) fn is_conflict<T: std::fmt::Debug>(done: Result<T, StoreError>, at: Option<u64>) {
    match done {
        Err(StoreError::Conflict { actual }) => assert_eq!(actual, at.map(Version)),
        other => panic!("a conflict at {at:?}: {other:?}"),
    }
}

fn ada(run: &str) -> RunId {
    RunId::new("ada".parse().unwrap(), run.parse().unwrap())
}

pub(super) fn removal() -> Removal {
    Removal::new(Principal::LOCAL.into(), at(9))
}

pub(super) fn texts(records: &[Record]) -> Vec<String> {
    records.iter().map(said).collect()
}

#[tokio::test]
async fn records_read_back_as_they_were_written() {
    check(async |store: Arc<dyn Store>| {
        let main = name("main");
        assert!(all(&*store, &main).await.unwrap().is_empty());
        assert_eq!(store.head(&main).await.unwrap(), None);
        let written = records(&Hash::NONE, 0, 10, "ä \"quoted\" text\n");
        append(&*store, &main, Hash::NONE, written[..1].to_vec()).await.unwrap();
        append(&*store, &main, written[0].hash, written[1..].to_vec()).await.unwrap();
        let json = |value: &[Record]| serde_json::to_string(value).unwrap();
        assert_eq!(json(&all(&*store, &main).await.unwrap()), json(&written));
        let page = store.load(&main, Version(3), at_most(4)).await.unwrap();
        assert_eq!((page.after, page.is_last()), (written[2].hash, false));
        assert_eq!(json(&page.records), json(&written[3..7]));
        let page = store.load(&main, Version(10), at_most(4)).await.unwrap();
        assert_eq!((page.after, page.records.len()), (written[9].hash, 0));
        assert!(page.is_last());
        let page = store.load(&main, Version(12), at_most(4)).await.unwrap();
        assert_eq!((page.after, page.records.len()), (Hash::NONE, 0));
        let head = store.head(&main).await.unwrap().unwrap();
        assert_eq!((&head.run, head.version, head.hash), (&main, Version(9), written[9].hash));
        assert_eq!((head.time, head.due), (at(9), None));
        assert_eq!(head.configuration, Configuration::of("OPEN"));
        assert_eq!((head.declaration, head.is_damaged), (declaration(), false));
        assert_eq!(page.head, Some(head));
    })
    .await;
}

#[tokio::test]
async fn no_version_is_given_twice() {
    check(async |store: Arc<dyn Store>| {
        let main = name("main");
        let ours = records(&Hash::NONE, 0, 3, "ours");
        let theirs = records(&Hash::NONE, 0, 3, "theirs");
        let add = |hash, records: &[Record]| store.append(after(&main, hash, records.to_vec()));
        is_conflict(add(ours[0].hash, &ours[1..2]).await, None);
        is_conflict(add(ours[0].hash, &ours[..1]).await, None);
        add(Hash::NONE, &ours[..2]).await.unwrap();
        is_conflict(add(Hash::NONE, &theirs).await, Some(1));
        is_conflict(add(ours[0].hash, &theirs[1..2]).await, Some(1));
        // The version fits, and what is before it does not.
        is_conflict(add(theirs[1].hash, &theirs[2..]).await, Some(1));
        assert_eq!(texts(&all(&*store, &main).await.unwrap()), ["ours", "ours"]);
        add(ours[1].hash, &ours[2..]).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_request_key_is_used_once_by_a_principal_in_a_run() {
    check(async |store: Arc<dyn Store>| {
        let (a, b) = (name("a"), name("b"));
        let local = Principal::LOCAL;
        let ada: Principal = "ada".parse().unwrap();
        let first = record(&Hash::NONE, 0, "start", None);
        let second = record(&first.hash, 1, "one", Some(key("k")));
        let third = record(&second.hash, 2, "two", Some(key("k")));
        for run in [&a, &b] {
            assert!(store.keyed(run, &local, &key("k")).await.unwrap().is_none());
            append(&*store, run, Hash::NONE, vec![first.clone(), second.clone()]).await.unwrap();
            let found = store.keyed(run, &local, &key("k")).await.unwrap().unwrap();
            assert_eq!((found.version, found.hash), (Version(1), second.hash));
            assert!(store.keyed(run, &ada, &key("k")).await.unwrap().is_none());
        }
        is_conflict(append(&*store, &a, second.hash, vec![third]).await, Some(1));
        let twice = [2, 3].map(|version| record(&second.hash, version, "", Some(key("l"))));
        is_conflict(append(&*store, &a, second.hash, twice.to_vec()).await, Some(1));
        assert_eq!(all(&*store, &a).await.unwrap().len(), 2);

        let event = record(&second.hash, 2, "hers", None).entry;
        let actor = Actor::from(ada.clone());
        let hers = Record::new(&second.hash, Version(2), at(2), actor, Some(key("k")), event);
        append(&*store, &a, second.hash, vec![hers]).await.unwrap();
        let found = store.keyed(&a, &ada, &key("k")).await.unwrap().unwrap();
        assert_eq!(said(&found), "hers");
        let found = store.keyed(&a, &local, &key("k")).await.unwrap().unwrap();
        assert_eq!(said(&found), "one");
    })
    .await;
}

#[tokio::test]
async fn runs_of_two_owners_are_apart() {
    check(async |store: Arc<dyn Store>| {
        let (ours, hers) = (name("main"), ada("main"));
        for (run, text) in [(&ours, "ours"), (&hers, "hers")] {
            let mut written = records(&Hash::NONE, 0, 1, text);
            written.push(record(&written[0].hash, 1, text, Some(key("k"))));
            append(&*store, run, Hash::NONE, written).await.unwrap();
        }
        assert_eq!(texts(&all(&*store, &ours).await.unwrap()), ["ours", "ours"]);
        assert_eq!(texts(&all(&*store, &hers).await.unwrap()), ["hers", "hers"]);
        let found = store.keyed(&hers, &Principal::LOCAL, &key("k")).await.unwrap().unwrap();
        assert_eq!(said(&found), "hers");
        let runs = |heads: Vec<leverframe::store::Head>| {
            heads.into_iter().map(|head| head.run).collect::<Vec<_>>()
        };
        assert_eq!(runs(store.heads(None, None, 9).await.unwrap()), [hers.clone(), ours.clone()]);
        let of = async |owner: &Principal, after| {
            runs(store.heads(Some(owner), after, 9).await.unwrap())
        };
        assert_eq!(of(&hers.owner, None).await, std::slice::from_ref(&hers));
        assert_eq!(of(&ours.owner, None).await, std::slice::from_ref(&ours));
        assert_eq!(of(&ours.owner, Some(&ours)).await, []);
        append(&*store, &name("other"), Hash::NONE, records(&Hash::NONE, 0, 1, "")).await.unwrap();
        assert_eq!(store.count(&hers.owner).await.unwrap(), 1);
        assert_eq!(store.count(&ours.owner).await.unwrap(), 2);
        store.remove(&name("other"), removal()).await.unwrap();
        assert_eq!(store.count(&ours.owner).await.unwrap(), 1);
        store.remove(&hers, removal()).await.unwrap();
        assert!(all(&*store, &hers).await.unwrap().is_empty());
        assert_eq!(all(&*store, &ours).await.unwrap().len(), 2);
        assert_eq!(runs(store.heads(None, None, 9).await.unwrap()), [ours]);
        assert_eq!(store.count(&hers.owner).await.unwrap(), 0);
        assert_eq!(store.tombstones().await.unwrap()[1].run, hers);
    })
    .await;
}

#[tokio::test]
async fn heads_are_in_the_order_of_names() {
    check(async |store: Arc<dyn Store>| {
        for run in ["b", "a", "c"] {
            append(&*store, &name(run), Hash::NONE, records(&Hash::NONE, 0, 2, "")).await.unwrap();
        }
        let heads = store.heads(None, None, 2).await.unwrap();
        let names = |heads: &[leverframe::store::Head]| {
            heads.iter().map(|head| head.run.name.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(names(&heads), ["a", "b"]);
        assert_eq!((heads[0].version, heads[0].time), (Version(1), at(1)));
        let rest = store.heads(None, Some(&heads[1].run), 2).await.unwrap();
        assert_eq!(names(&rest), ["c"]);
    })
    .await;
}

#[tokio::test]
async fn runs_are_in_the_order_in_which_they_fall_due() {
    check(async |store: Arc<dyn Store>| {
        let written = records(&Hash::NONE, 0, 2, "");
        for (run, due) in [("c", Some(7)), ("a", Some(9)), ("d", Some(7)), ("b", None)] {
            let append = after(&name(run), Hash::NONE, written.clone()).due_at(due.map(at));
            store.append(append).await.unwrap();
        }
        let due = |run, second| Due { time: at(second), run: name(run) };
        let all = [due("c", 7), due("d", 7), due("a", 9)];
        assert_eq!(store.due(None, 10).await.unwrap(), all);
        assert_eq!(store.due(None, 1).await.unwrap(), all[..1]);
        let heads = store.heads(None, None, 10).await.unwrap();
        let times: Vec<_> = heads.iter().map(|head| head.due).collect();
        assert_eq!(times, [Some(at(9)), None, Some(at(7)), Some(at(7))]);
        assert_eq!(store.due(Some(&all[0]), 10).await.unwrap(), all[1..]);
        // What comes later takes the place of it.
        let next = records(&written[1].hash, 2, 1, "");
        append(&*store, &name("c"), written[1].hash, next).await.unwrap();
        assert_eq!(store.due(None, 10).await.unwrap(), all[1..]);
        store.remove(&name("d"), removal()).await.unwrap();
        assert_eq!(store.due(None, 10).await.unwrap(), all[2..]);
    })
    .await;
}

/// A page ends before the record that would exceed it, and has one in any case.
#[tokio::test]
async fn a_page_ends_by_records_and_by_bytes() {
    check(async |store: Arc<dyn Store>| {
        let main = name("main");
        let written = records(&Hash::NONE, 0, 6, &"x".repeat(10_000));
        append(&*store, &main, Hash::NONE, written).await.unwrap();
        for (limit, count) in [
            (PageLimit::new(4, usize::MAX), 4),
            (PageLimit::new(100, 35_000), 3),
            (PageLimit::new(2, 35_000), 2),
            (PageLimit::new(100, 1), 1),
            (PageLimit::new(100, usize::MAX), 6),
        ] {
            let page = store.load(&main, Version::START, limit).await.unwrap();
            assert_eq!((page.records.len(), page.is_last()), (count, count == 6), "{limit:?}");
            let opening = store.open(&main, limit).await.unwrap();
            assert_eq!(opening.page.records.len(), count, "{limit:?}");
            let logged = store.log(Position::START, limit).await.unwrap();
            assert_eq!(logged.len(), count, "{limit:?}");
        }
        let page = store.load(&main, Version(3), PageLimit::new(9, 25_000)).await.unwrap();
        assert_eq!(page.records.iter().map(|r| r.version.0).collect::<Vec<_>>(), [3, 4]);
    })
    .await;
}

fn snapshot(record: &Record, body: String) -> Snapshot {
    let program = Program::new(Hash::of(&[b"chart"]), declaration());
    let entered = vec![Entered::new("OPEN".into(), Version(1), at(1))];
    Snapshot::new(record.version, record.hash, program, body, entered)
}

/// Opens a run until it has the snapshot of a version, which is kept when there is time.
async fn opened(store: &dyn Store, run: &RunId, version: u64) -> leverframe::store::Opening {
    let waited = async {
        loop {
            let opening = store.open(run, at_most(100)).await.unwrap();
            if opening.snapshot.as_ref().is_some_and(|kept| kept.version.0 == version) {
                return opening;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waited).await.expect("a snapshot")
}

#[tokio::test]
async fn a_run_is_opened_at_its_last_snapshot() {
    check(async |store: Arc<dyn Store>| {
        let main = name("main");
        let opening = store.open(&main, at_most(9)).await.unwrap();
        assert!(opening.snapshot.is_none() && opening.page.head.is_none());
        let written = records(&Hash::NONE, 0, 5, "");
        append(&*store, &main, Hash::NONE, written.clone()).await.unwrap();
        let opening = store.open(&main, at_most(3)).await.unwrap();
        assert!(opening.snapshot.is_none());
        assert_eq!((opening.page.after, opening.page.records.len()), (Hash::NONE, 3));

        // A snapshot of a record that the run does not have is not kept.
        let stranger = records(&Hash::NONE, 0, 5, "other");
        store.keep(&main, snapshot(&stranger[4], "{}".to_owned()));
        for (version, size) in [(1, 1), (3, 700_000), (2, 300_000)] {
            let kept = snapshot(&written[version], "x".repeat(size));
            store.keep(&main, kept.clone());
            let opening = opened(&*store, &main, version as u64).await;
            assert_eq!(opening.snapshot, Some(kept));
            let versions = opening.page.records.iter().map(|record| record.version.0);
            assert_eq!(versions.collect::<Vec<_>>(), (version as u64..5).collect::<Vec<_>>());
            assert_eq!(opening.page.after, written[version - 1].hash);
        }
        store.remove(&main, removal()).await.unwrap();
        append(&*store, &main, Hash::NONE, written).await.unwrap();
        assert!(store.open(&main, at_most(9)).await.unwrap().snapshot.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_removed_run_leaves_a_tombstone_and_its_name() {
    check(async |store: Arc<dyn Store>| {
        let (main, other) = (name("main"), name("other"));
        is_conflict(store.remove(&main, removal()).await, None);
        let written = records(&Hash::NONE, 0, 3, "first");
        for run in [&other, &main] {
            append(&*store, run, Hash::NONE, written.clone()).await.unwrap();
        }
        let tombstone = store.remove(&main, removal()).await.unwrap();
        assert_eq!((tombstone.version, tombstone.hash), (Version(2), written[2].hash));
        assert_eq!((&tombstone.run, tombstone.time), (&main, at(9)));
        assert_eq!(store.tombstones().await.unwrap(), [tombstone]);
        assert!(all(&*store, &main).await.unwrap().is_empty());
        assert_eq!(all(&*store, &other).await.unwrap().len(), 3);
        let next = records(&written[2].hash, 3, 1, "");
        is_conflict(append(&*store, &main, written[2].hash, next).await, None);
        append(&*store, &main, Hash::NONE, records(&Hash::NONE, 0, 2, "second")).await.unwrap();
        assert_eq!(texts(&all(&*store, &main).await.unwrap()), ["second", "second"]);
        store.remove(&main, removal()).await.unwrap();
        store.remove(&other, removal()).await.unwrap();
        let order = store.tombstones().await.unwrap();
        let order: Vec<_> = order.iter().map(|stone| stone.run.name.as_str()).collect();
        assert_eq!(order, ["main", "main", "other"], "in the order of removal");
    })
    .await;
}
