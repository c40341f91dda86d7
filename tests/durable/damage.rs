//! Damage and failing disks: told, or harmless; never a wrong history without a word.

use leverframe::caller::Principal;
use leverframe::record::{Hash, Position, RunId, Version};
use leverframe::store::sqlite::SqliteStore;
use leverframe::store::{Removal, Scope, Store, StoreError};
use rusqlite::Connection;

use super::weather::rounds;
use super::{Folder, after, all, append, at, at_most, key, name, record, records, report};

/// Flips bits of the file, one at a time, and reads all of it.
#[tokio::test]
async fn a_flipped_bit_is_told_or_harmless() {
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.file()).unwrap();
    let runs = ["a", "b", "c"].map(name);
    for run in &runs {
        let written = records(&Hash::NONE, 0, 40, "a text that is neither short nor long");
        append(&store, run, Hash::NONE, written).await.unwrap();
    }
    drop(store);
    let whole = std::fs::read(folder.file()).unwrap();
    let expected = told(&folder, &runs).await.unwrap();
    let (mut random, mut seen, mut harmless) = (0x2545_f491_4f6c_dd1d_u64, 0, 0);
    for _ in 0..rounds(300, 1000) {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let (place, bit) =
            (usize::try_from(random >> 24).unwrap() % whole.len(), (random >> 20) % 8);
        flip(&folder, &whole, place, bit);
        match told(&folder, &runs).await {
            Err(_) => seen += 1,
            Ok(found) => {
                assert_eq!(found, expected, "bit {bit} of byte {place} has changed a history");
                harmless += 1;
            }
        }
    }
    report("flipped bits", &format!("{} flips, {seen} told, {harmless} harmless", seen + harmless));
    assert!(seen > harmless / 20, "{seen} of {harmless}");
}

/// A file that is too large to be checked whole: a run is not taken for one that was never started, whichever place it is
/// looked up in is damaged.
#[tokio::test]
async fn a_flipped_bit_in_a_name_is_told() {
    const NAME: &str = "the-one-that-is-hit";
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.file()).unwrap();
    let filler = records(&Hash::NONE, 0, 2_500, &"x".repeat(4_000));
    append(&store, &name("filler"), Hash::NONE, filler).await.unwrap();
    let run = name(NAME);
    append(&store, &run, Hash::NONE, records(&Hash::NONE, 0, 3, "text")).await.unwrap();
    drop(store);
    let whole = std::fs::read(folder.file()).unwrap();
    let expected = read(&folder, &run).await.unwrap();
    let (mut places, mut removed) = (0, 0);
    for place in 0..whole.len() - NAME.len() {
        if whole[place..].starts_with(NAME.as_bytes()) {
            flip(&folder, &whole, place + 3, 1);
            match read(&folder, &run).await {
                Err(_) => places += 1,
                Ok(found) => assert_eq!(found, expected, "byte {place}"),
            }
            // If the head is what is damaged, the run can be removed, and the others are as they were.
            if let Ok(store) = SqliteStore::open(&folder.file()) {
                store.remove(&run, Removal::new(Principal::LOCAL.into(), at(9))).await.unwrap();
                assert!(all(&store, &run).await.unwrap().is_empty());
                assert_eq!(all(&store, &name("filler")).await.unwrap().len(), 2_500);
                removed += 1;
            }
        }
    }
    report("flipped bits", &format!("a name in {places} places of {} MB", whole.len() >> 20));
    assert!(places >= 2, "the head, and the index of names");
    assert!(removed >= 1, "the head");
}

/// Damage to the head of a run concerns that run, wherever it is used, and the run can be removed.
#[tokio::test]
async fn a_damaged_head_concerns_its_run_alone() {
    let swap = "UPDATE run SET name = CASE name WHEN 'a' THEN 'x' WHEN 'b' THEN 'y' ELSE name END;
                UPDATE run SET name = CASE name WHEN 'x' THEN 'b' WHEN 'y' THEN 'a' ELSE name END";
    for (change, damaged) in [
        (swap, &["a", "b"][..]),
        ("UPDATE run SET due = due + 1 WHERE name = 'b'", &["b"]),
        ("UPDATE run SET due = NULL WHERE name = 'b'", &["b"]),
        ("UPDATE run SET hash = zeroblob(31) WHERE name = 'b'", &["b"]),
        ("UPDATE run SET version = -1 WHERE name = 'b'", &["b"]),
        ("UPDATE run SET configuration = '' WHERE name = 'b'", &["b"]),
        ("UPDATE run SET time = 9223372036854775807 WHERE name = 'b'", &["b"]),
        ("UPDATE run SET owner = 'ada' WHERE name = 'b'", &["ada/b"]),
        ("UPDATE run SET name = 'not a name' WHERE name = 'b'", &["damaged-2"]),
    ] {
        let folder = Folder::new();
        let store = SqliteStore::open(&folder.file()).unwrap();
        let written = records(&Hash::NONE, 0, 3, "text");
        for run in ["a", "b", "c"] {
            let append = after(&name(run), Hash::NONE, written.clone()).due_at(Some(at(7)));
            store.append(append).await.unwrap();
        }
        let other = Connection::open(folder.file()).unwrap();
        other.execute_batch(change).unwrap();
        drop(store);
        let store = SqliteStore::open(&folder.file()).unwrap();
        let damaged: Vec<RunId> = damaged.iter().map(|run| run_of(run)).collect();

        let heads = store.heads(None, None, 10).await.unwrap();
        let found: Vec<_> = heads.iter().filter(|head| head.is_damaged).collect();
        assert_eq!(
            found.iter().map(|head| head.run.clone()).collect::<Vec<_>>(),
            damaged,
            "{change}"
        );
        assert_eq!(heads.len(), 3, "{change}");
        for due in store.due(None, 10).await.unwrap() {
            assert!(!damaged.contains(&due.run), "{change}: {due:?}");
        }
        for run in &damaged {
            let corrupt = |done: Result<(), StoreError>| {
                assert!(
                    matches!(&done, Err(StoreError::Corrupt { run: r, .. }) if r == run),
                    "{done:?}"
                );
            };
            corrupt(store.head(run).await.map(drop));
            corrupt(store.open(run, at_most(9)).await.map(drop));
            corrupt(store.load(run, Version(1), at_most(9)).await.map(drop));
            corrupt(store.keyed(run, &Principal::LOCAL, &key("k")).await.map(drop));
            let next = records(&written[2].hash, 3, 1, "");
            corrupt(append(&store, run, written[2].hash, next).await.map(drop));
            let scope = Scope::Head { run: run.clone(), hash: written[2].hash };
            corrupt(store.notes(&scope).await.map(drop));
        }
        // The others go on, and so does who follows the log, up to the damage.
        let next = records(&written[2].hash, 3, 1, "");
        append(&store, &name("c"), written[2].hash, next).await.unwrap();
        let logged = store.log(Position::START, at_most(99)).await;
        assert!(logged.is_err() || logged.is_ok_and(|logged| logged.len() == 3), "{change}");

        for run in &damaged {
            let tombstone = store.remove(run, Removal::new(Principal::LOCAL.into(), at(9))).await;
            assert_eq!(&tombstone.unwrap().run, run, "{change}");
            assert!(all(&store, run).await.unwrap().is_empty(), "{change}");
            append(&store, run, Hash::NONE, written.clone()).await.unwrap();
        }
        assert!(store.heads(None, None, 10).await.unwrap().iter().all(|head| !head.is_damaged));
        let logged = store.log(Position::START, at_most(99)).await.unwrap();
        assert_eq!(logged.len(), 10, "{change}");
    }
}

fn run_of(text: &str) -> RunId {
    match text.split_once('/') {
        Some((owner, run)) => RunId::new(owner.parse().unwrap(), run.parse().unwrap()),
        None => name(text),
    }
}

/// Who follows the log gets what comes before a corrupt record, and then is told of it.
#[tokio::test]
async fn the_log_ends_before_a_corrupt_record() {
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.file()).unwrap();
    let written = records(&Hash::NONE, 0, 4, "text");
    for run in ["a", "b"] {
        append(&store, &name(run), Hash::NONE, written.clone()).await.unwrap();
    }
    let other = Connection::open(folder.file()).unwrap();
    other.execute_batch("DROP TRIGGER record_is_never_changed").unwrap();
    for change in [
        "UPDATE record SET actor = 'ada' WHERE position = 7",
        "UPDATE record SET version = 9 WHERE position = 7",
        "UPDATE record SET hash = zeroblob(32) WHERE position = 7",
    ] {
        let whole: (i64, String, Vec<u8>) = other
            .query_row("SELECT version, actor, hash FROM record WHERE position = 7", [], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .unwrap();
        other.execute_batch(change).unwrap();
        let logged = store.log(Position::START, at_most(99)).await.unwrap();
        assert_eq!(logged.len(), 6, "{change}");
        let error = store.log(logged[5].position, at_most(99)).await.unwrap_err();
        assert!(
            matches!(&error, StoreError::Corrupt { run, .. } if *run == name("b")),
            "{error:?}"
        );
        let back = "UPDATE record SET version = ?, actor = ?, hash = ? WHERE position = 7";
        other.execute(back, whole).unwrap();
        assert_eq!(store.log(Position::START, at_most(99)).await.unwrap().len(), 8);
    }
}

/// A request that was answered is not taken for a new one because an index has lost it.
#[tokio::test]
async fn a_flipped_bit_in_a_key_is_told() {
    const KEY: &str = "the-key-that-is-hit";
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.file()).unwrap();
    let mut written = records(&Hash::NONE, 0, 3, "text");
    written.push(record(&written[2].hash, 3, "text", Some(key(KEY))));
    for run in ["a", "b"] {
        append(&store, &name(run), Hash::NONE, written.clone()).await.unwrap();
    }
    drop(store);
    let whole = std::fs::read(folder.file()).unwrap();
    let (mut refused, mut corrupt) = (0, 0);
    for place in 0..whole.len() - KEY.len() {
        if !whole[place..].starts_with(KEY.as_bytes()) {
            continue;
        }
        flip(&folder, &whole, place + 3, 1);
        let Ok(store) = SqliteStore::open(&folder.file()) else {
            refused += 1;
            continue;
        };
        let mut sound = 0;
        for run in ["a", "b"].map(name) {
            match store.keyed(&run, &Principal::LOCAL, &key(KEY)).await {
                Ok(found) => sound += found.map_or(0, |_| 1),
                Err(StoreError::Corrupt { .. }) => corrupt += 1,
                Err(error) => panic!("{error:?}"),
            }
        }
        assert!(sound >= 1, "the other run is as it was");
    }
    report("flipped bits", &format!("a key in {refused} places of an index and {corrupt} records"));
    assert_eq!((refused, corrupt), (2, 2));
}

/// What a store has of a run.
async fn read(folder: &Folder, run: &RunId) -> Result<String, String> {
    let store = SqliteStore::open(&folder.file()).map_err(|error| error.to_string())?;
    let records = all(&store, run).await.map_err(|error| error.to_string())?;
    Ok(serde_json::to_string(&records).unwrap())
}

/// Leaves the file as it was, but for one bit.
fn flip(folder: &Folder, whole: &[u8], place: usize, bit: u64) {
    let mut damaged = whole.to_owned();
    damaged[place] ^= 1 << bit;
    for left in ["db-wal", "db-shm"] {
        // Only what a reader before has left.
        let _ = std::fs::remove_file(folder.file().with_extension(left));
    }
    std::fs::write(folder.file(), &damaged).unwrap();
}

/// All that a store says of some runs.
async fn told(folder: &Folder, runs: &[RunId]) -> Result<String, String> {
    let store = SqliteStore::open(&folder.file()).map_err(|error| error.to_string())?;
    let heads = store.heads(None, None, 10).await.map_err(|error| error.to_string())?;
    let mut told = vec![format!("{heads:?}")];
    for run in runs {
        let records = all(&store, run).await.map_err(|error| error.to_string())?;
        told.push(serde_json::to_string(&records).unwrap());
    }
    Ok(told.join("\n"))
}
