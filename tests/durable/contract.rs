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
use leverframe::store::{
    Append, Due, NoteChange, NoteName, PageLimit, Removal, Revision, Scope, Store, StoreError,
};
use serde_json::value::RawValue;

use super::{
    Folder, after, all, append, at, at_most, declaration, key, name, record, records, said,
};

/// Holds each store against one part of the contract.
async fn check<F: Future<Output = ()>>(contract: impl Fn(Arc<dyn Store>) -> F) {
    check_shared(async |stores: [Arc<dyn Store>; 3]| {
        let [store, ..] = stores;
        contract(store).await;
    })
    .await;
}

/// Holds three values of each store that have one content against one part of the contract.
async fn check_shared<F: Future<Output = ()>>(contract: impl Fn([Arc<dyn Store>; 3]) -> F) {
    let memory: Arc<dyn Store> = Arc::new(MemoryStore::new());
    contract([(); 3].map(|()| Arc::clone(&memory))).await;
    let folder = Folder::new();
    let open = || -> Arc<dyn Store> { Arc::new(SqliteStore::open(&folder.file()).unwrap()) };
    contract([(); 3].map(|()| open())).await;
}

#[track_caller]
fn is_conflict<T: std::fmt::Debug>(done: Result<T, StoreError>, at: Option<u64>) {
    match done {
        Err(StoreError::Conflict { actual }) => assert_eq!(actual, at.map(Version)),
        other => panic!("a conflict at {at:?}: {other:?}"),
    }
}

fn ada(run: &str) -> RunId {
    RunId::new("ada".parse().unwrap(), run.parse().unwrap())
}

fn removal() -> Removal {
    Removal::new(Principal::LOCAL.into(), at(9))
}

fn texts(records: &[Record]) -> Vec<String> {
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
        assert_eq!(of(&hers.owner, None).await, [hers.clone()]);
        assert_eq!(of(&ours.owner, None).await, [ours.clone()]);
        assert_eq!(of(&ours.owner, Some(&ours)).await, []);
        store.remove(&hers, removal()).await.unwrap();
        assert!(all(&*store, &hers).await.unwrap().is_empty());
        assert_eq!(all(&*store, &ours).await.unwrap().len(), 2);
        assert_eq!(runs(store.heads(None, None, 9).await.unwrap()), [ours]);
        assert_eq!(store.tombstones().await.unwrap()[0].run, hers);
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

/// Reads the log to its end, a few records at a time, and adds what it meets.
async fn follow(store: &dyn Store, from: &mut Position, met: &mut Vec<(Position, RunId, u64)>) {
    loop {
        let logged = store.log(*from, at_most(7)).await.unwrap();
        let Some(last) = logged.last() else { return };
        for logged in &logged {
            assert!(logged.position > *from, "{} after {from}", logged.position);
            *from = logged.position;
            met.push((logged.position, logged.run.clone(), logged.record.version.0));
        }
        assert_eq!(last.position, *from);
    }
}

/// Two write at once; the third follows the log and meets each record once, in the order of positions.
#[tokio::test]
async fn who_follows_the_log_misses_nothing() {
    const RECORDS: u64 = 60;
    check_shared(async |[a, b, reader]: [Arc<dyn Store>; 3]| {
        let write = |store: Arc<dyn Store>, run: RunId| async move {
            let written = records(&Hash::NONE, 0, RECORDS, "");
            let (mut end, mut last) = (Hash::NONE, Position::START);
            for record in written {
                let hash = record.hash;
                let position = append(&*store, &run, end, vec![record]).await.unwrap();
                assert!(position > last);
                (end, last) = (hash, position);
            }
        };
        let writers: Vec<_> = [(&a, "a0"), (&a, "a1"), (&b, "b0"), (&b, "b1")]
            .map(|(store, run)| tokio::spawn(write(Arc::clone(store), name(run))))
            .into();
        let (mut from, mut met) = (Position::START, Vec::new());
        while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
            follow(&*reader, &mut from, &mut met).await;
            tokio::task::yield_now().await;
        }
        for writer in writers {
            writer.await.unwrap();
        }
        follow(&*reader, &mut from, &mut met).await;
        for run in ["a0", "a1", "b0", "b1"].map(name) {
            let versions: Vec<_> = met
                .iter()
                .filter(|(_, met, _)| *met == run)
                .map(|(.., version)| *version)
                .collect();
            assert_eq!(versions, (0..RECORDS).collect::<Vec<_>>(), "{run}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_position_is_not_used_again_after_a_removal() {
    check_shared(async |[store, other, _]: [Arc<dyn Store>; 3]| {
        let (mut from, mut met) = (Position::START, Vec::new());
        append(&*store, &name("old"), Hash::NONE, records(&Hash::NONE, 0, 2, "")).await.unwrap();
        for round in 0..3 {
            let run = name(&format!("new{round}"));
            let written = records(&Hash::NONE, 0, 3, "");
            let last = append(&*store, &run, Hash::NONE, written).await.unwrap();
            follow(&*store, &mut from, &mut met).await;
            assert_eq!(from, last);
            store.remove(&run, removal()).await.unwrap();
            follow(&*other, &mut from, &mut met).await;
            assert_eq!(from, last, "what was removed is not in the log");
        }
        let left = other.log(Position::START, at_most(99)).await.unwrap();
        assert!(left.iter().all(|logged| logged.run == name("old")), "{left:?}");
        let again = records(&Hash::NONE, 0, 1, "again");
        let last = append(&*other, &name("new0"), Hash::NONE, again).await.unwrap();
        assert!(last > from);
        follow(&*store, &mut from, &mut met).await;
        assert_eq!((from, met.len()), (last, 2 + 3 * 3 + 1));
    })
    .await;
}

fn note_name(text: &str) -> NoteName {
    text.parse().unwrap()
}

fn json(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

/// The notes of a scope, each with its name and body.
async fn noted(store: &dyn Store, scope: &Scope) -> Vec<(String, String)> {
    let notes = store.notes(scope).await.unwrap();
    notes.iter().map(|note| (note.name.to_string(), note.body.get().to_owned())).collect()
}

#[track_caller]
fn is_note_conflict(done: Result<Revision, StoreError>, at: Option<Revision>) {
    match done {
        Err(StoreError::NoteConflict { actual }) => assert_eq!(actual, at),
        other => panic!("a conflict at {at:?}: {other:?}"),
    }
}

/// Changes notes of a scope in every way.
async fn change_notes(store: &dyn Store, scope: &Scope) {
    let pair = |name: &str, body: &str| (name.to_owned(), body.to_owned());
    let create =
        |name: &str, body| store.note(scope, NoteChange::create(note_name(name), json(body)));
    let replace = |name: &str, at, body| {
        store.note(scope, NoteChange::replace(note_name(name), at, json(body)))
    };
    let remove = |name: &str, at| store.note(scope, NoteChange::remove(note_name(name), at));
    assert!(noted(store, scope).await.is_empty());
    let b = create("b", "1").await.unwrap();
    let a = create("a/ä", r#"{"x":[1,"é"]}"#).await.unwrap();
    assert!(a > b);
    let both = [pair("a/ä", r#"{"x":[1,"é"]}"#), pair("b", "1")];
    assert_eq!(noted(store, scope).await, both);
    is_note_conflict(create("b", "2").await, Some(b));
    is_note_conflict(replace("b", a, "2").await, Some(b));
    is_note_conflict(replace("c", a, "2").await, None);
    is_note_conflict(remove("b", a).await, Some(b));
    assert_eq!(noted(store, scope).await, both);
    let newer = replace("b", b, "2").await.unwrap();
    assert!(newer > a);
    is_note_conflict(replace("b", b, "3").await, Some(newer));
    let notes = store.notes(scope).await.unwrap();
    assert_eq!(notes.iter().map(|note| note.revision).collect::<Vec<_>>(), [a, newer]);
    let gone = remove("b", newer).await.unwrap();
    assert!(gone > newer);
    is_note_conflict(remove("b", newer).await, None);
    assert!(create("b", "4").await.unwrap() > gone);
    assert_eq!(noted(store, scope).await[1], pair("b", "4"));
}

#[tokio::test]
async fn notes_change_as_they_are_expected() {
    check(async |store: Arc<dyn Store>| {
        let main = name("main");
        let written = records(&Hash::NONE, 0, 3, "");
        append(&*store, &main, Hash::NONE, written[..2].to_vec()).await.unwrap();
        let head = |run: &RunId, hash| Scope::Head { run: run.clone(), hash };
        change_notes(&*store, &Scope::Store).await;
        change_notes(&*store, &head(&main, written[1].hash)).await;
        assert_eq!(noted(&*store, &Scope::Store).await.len(), 2, "the scopes are apart");
    })
    .await;
}

#[tokio::test]
async fn a_note_at_a_head_stands_until_its_run_goes_on() {
    check(async |store: Arc<dyn Store>| {
        let main = name("main");
        let head = |hash| Scope::Head { run: main.clone(), hash };
        let create =
            |scope: Scope| async move { (NoteChange::create(note_name("n"), json("1")), scope) };
        let note = async |scope| {
            let (change, scope) = create(scope).await;
            store.note(&scope, change).await
        };
        let written = records(&Hash::NONE, 0, 3, "");
        is_conflict(note(head(Hash::NONE)).await, None);
        append(&*store, &main, Hash::NONE, written[..2].to_vec()).await.unwrap();
        is_conflict(note(head(written[0].hash)).await, Some(1));
        note(head(written[1].hash)).await.unwrap();
        assert!(noted(&*store, &head(written[0].hash)).await.is_empty());
        assert_eq!(noted(&*store, &head(written[1].hash)).await.len(), 1);

        append(&*store, &main, written[1].hash, written[2..].to_vec()).await.unwrap();
        for record in &written {
            assert!(noted(&*store, &head(record.hash)).await.is_empty());
        }
        is_conflict(note(head(written[1].hash)).await, Some(2));
        note(head(written[2].hash)).await.unwrap();

        store.remove(&main, removal()).await.unwrap();
        assert!(noted(&*store, &head(written[2].hash)).await.is_empty());
        is_conflict(note(head(written[2].hash)).await, None);
        append(&*store, &main, Hash::NONE, written).await.unwrap();
        let again = all(&*store, &main).await.unwrap();
        assert!(noted(&*store, &head(again[2].hash)).await.is_empty(), "it went with its run");
    })
    .await;
}

fn snapshot(record: &Record, body: String) -> Snapshot {
    let program = Program::new(Hash::of(&[b"chart"]), declaration());
    let entered = vec![Entered::new("OPEN".into(), at(1))];
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

/// Waits for a change, which is due at once.
async fn changed(receiver: &mut tokio::sync::watch::Receiver<Position>) -> Position {
    let changed = tokio::time::timeout(Duration::from_secs(20), receiver.changed());
    changed.await.expect("a change").unwrap();
    *receiver.borrow_and_update()
}

#[tokio::test]
async fn who_watches_sees_every_store_that_writes() {
    check_shared(async |[store, other, _]: [Arc<dyn Store>; 3]| {
        let (run, written) = (name("early"), records(&Hash::NONE, 0, 1, ""));
        let early = append(&*other, &run, Hash::NONE, written).await.unwrap();
        let mut watching = store.watch();
        while *watching.borrow_and_update() < early {
            changed(&mut watching).await;
        }
        for (round, writer) in [&store, &other, &store, &other].into_iter().enumerate() {
            let run = name(&format!("r{round}"));
            let append =
                Append::new(run, Hash::NONE, records(&Hash::NONE, 0, 1, ""), declaration());
            let position = writer.append(append).await.unwrap();
            while *watching.borrow_and_update() < position {
                changed(&mut watching).await;
            }
            assert_eq!(*watching.borrow(), position);
        }
        for (run, writer) in [("r0", &other), ("r1", &store)] {
            // What is published late is passed over.
            while tokio::time::timeout(Duration::from_millis(80), watching.changed()).await.is_ok()
            {
            }
            writer.remove(&name(run), removal()).await.unwrap();
            changed(&mut watching).await;
        }
        // Who comes later begins with the present.
        let end = *watching.borrow();
        assert_eq!(*store.watch().borrow(), end);
    })
    .await;
}

#[tokio::test]
async fn watching_ends_with_the_store() {
    let folder = Folder::new();
    for store in [
        Box::new(MemoryStore::new()) as Box<dyn Store>,
        Box::new(SqliteStore::open(&folder.file()).unwrap()),
    ] {
        let mut receivers: Vec<_> = (0..3).map(|_| store.watch()).collect();
        append(&*store, &name("main"), Hash::NONE, records(&Hash::NONE, 0, 1, "")).await.unwrap();
        drop(store);
        for receiver in &mut receivers {
            receiver.borrow_and_update();
            assert!(receiver.changed().await.is_err(), "the channel is closed");
        }
    }
}
