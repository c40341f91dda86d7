//! Snapshots in the file: written in parts beside the records, and cleared when they are superseded.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use leverframe::caller::Principal;
use leverframe::record::{Hash, Program, Record, Snapshot};
use leverframe::store::sqlite::SqliteStore;
use leverframe::store::{Removal, Store};
use rusqlite::Connection;

use super::{Folder, append, at, at_most, declaration, name, records, report};

fn snapshot(record: &Record, size: usize) -> Snapshot {
    let program = Program::new(Hash::NONE, declaration());
    Snapshot::new(record.version, record.hash, program, "x".repeat(size), Vec::new())
}

/// How many snapshots and parts are in the file.
fn kept(folder: &Folder) -> (i64, i64) {
    let other = Connection::open(folder.file()).unwrap();
    let count = "SELECT (SELECT count(*) FROM snapshot), (SELECT count(*) FROM snapshot_part)";
    other.query_row(count, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
}

/// Waits until the file has so many snapshots and parts, which is done when there is time.
async fn becomes(folder: &Folder, expected: (i64, i64)) {
    let begin = Instant::now();
    while kept(folder) != expected {
        assert!(begin.elapsed() < Duration::from_secs(30), "{:?}", kept(folder));
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// While a large snapshot is written, records are acknowledged; it is seen with its last part.
#[tokio::test]
async fn a_large_snapshot_holds_nobody_up() {
    const PARTS: usize = 200;
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.file()).unwrap();
    let (main, other) = (name("main"), name("other"));
    let written = records(&Hash::NONE, 0, 2, "");
    append(&store, &main, Hash::NONE, written.clone()).await.unwrap();
    store.keep(&main, snapshot(&written[1], PARTS << 18));
    let (mut end, mut version, mut seen) = (Hash::NONE, 0, BTreeSet::new());
    loop {
        let record = super::record(&end, version, "", None);
        let next = record.hash;
        append(&store, &other, end, vec![record]).await.unwrap();
        (end, version) = (next, version + 1);
        let (_, parts) = kept(&folder);
        let opening = store.open(&main, at_most(1)).await.unwrap();
        if opening.snapshot.is_some() {
            break;
        }
        seen.insert(parts);
    }
    report("snapshots", &format!("{} MiB, and {version} appends beside it", PARTS / 4));
    assert!(seen.len() > 5, "after appends there were {seen:?} parts of {PARTS}");
}

#[tokio::test]
async fn a_superseded_snapshot_is_cleared() {
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.file()).unwrap();
    let main = name("main");
    let written = records(&Hash::NONE, 0, 5, "");
    append(&store, &main, Hash::NONE, written.clone()).await.unwrap();
    store.keep(&main, snapshot(&written[1], 700_000));
    becomes(&folder, (1, 3)).await;
    store.keep(&main, snapshot(&written[2], 300_000));
    becomes(&folder, (1, 2)).await;
    // One that is under way gives way to a later one.
    store.keep(&main, snapshot(&written[3], 20_000_000));
    while kept(&folder).1 < 5 {
        tokio::task::yield_now().await;
    }
    store.keep(&main, snapshot(&written[4], 10));
    becomes(&folder, (1, 1)).await;
    let opening = store.open(&main, at_most(1)).await.unwrap();
    assert_eq!(opening.snapshot.unwrap().version.0, 4);
    store.remove(&main, Removal::new(Principal::LOCAL.into(), at(9))).await.unwrap();
    becomes(&folder, (0, 0)).await;
}

/// What a process that was killed had begun is cleared by the next that writes.
#[tokio::test]
async fn an_unfinished_snapshot_is_cleared() {
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.file()).unwrap();
    let main = name("main");
    let written = records(&Hash::NONE, 0, 3, "");
    append(&store, &main, Hash::NONE, written[..2].to_vec()).await.unwrap();
    drop(store);
    let other = Connection::open(folder.file()).unwrap();
    let begun =
        "INSERT INTO snapshot SELECT 7, id, 0, version, hash, hash, hash, 1, '[]', NULL, hash FROM run;
                 INSERT INTO snapshot_part VALUES (7, 0, x'41'), (7, 1, x'41')";
    other.execute_batch(begun).unwrap();
    drop(other);
    let store = SqliteStore::open(&folder.file()).unwrap();
    assert!(store.open(&main, at_most(9)).await.unwrap().snapshot.is_none());
    append(&store, &main, written[1].hash, written[2..].to_vec()).await.unwrap();
    becomes(&folder, (0, 0)).await;
}

/// A damaged snapshot is none: the run is read from its records.
#[tokio::test]
async fn a_damaged_snapshot_is_passed_over() {
    for change in [
        "UPDATE snapshot_part SET body = zeroblob(length(body)) WHERE part = 1",
        "DELETE FROM snapshot_part WHERE part = 1",
        "UPDATE snapshot SET version = 0",
        "UPDATE snapshot SET hash = zeroblob(32)",
        "UPDATE snapshot SET chart = zeroblob(31)",
        "UPDATE snapshot SET declaration = zeroblob(32)",
        "UPDATE snapshot SET entered = '['",
        "UPDATE snapshot SET run = 2",
    ] {
        let folder = Folder::new();
        let store = SqliteStore::open(&folder.file()).unwrap();
        let main = name("main");
        let written = records(&Hash::NONE, 0, 3, "");
        append(&store, &main, Hash::NONE, written.clone()).await.unwrap();
        append(&store, &name("other"), Hash::NONE, records(&Hash::NONE, 0, 3, "o")).await.unwrap();
        store.keep(&main, snapshot(&written[1], 300_000));
        becomes(&folder, (1, 2)).await;
        assert!(store.open(&main, at_most(9)).await.unwrap().snapshot.is_some());
        let other = Connection::open(folder.file()).unwrap();
        assert_eq!(other.execute(change, []).unwrap(), 1, "{change}");
        for run in [main, name("other")] {
            let opening = store.open(&run, at_most(9)).await.unwrap();
            assert!(opening.snapshot.is_none(), "{change}");
            assert_eq!(opening.page.records.len(), 3, "{change}");
        }
    }
}
