//! Putting a backup in the place of a store, while others use it.

use std::path::Path;
use std::time::Duration;

use leverframe::caller::Principal;
use leverframe::record::{Hash, Position, Program, Snapshot};
use leverframe::store::sqlite::SqliteStore;
use leverframe::store::{NoteChange, Removal, Scope, Store, StoreError};
use rusqlite::Connection;
use serde_json::value::to_raw_value;

use super::{
    Folder, all, append, at, at_most, chain, declaration, name, record, records, report, said,
};

/// What a store says of itself, without the numbers that a restore gives anew.
async fn content(store: &dyn Store) -> Vec<String> {
    let heads = store.heads(None, None, 100).await.unwrap();
    let mut content =
        vec![format!("{heads:?}"), format!("{:?}", store.tombstones().await.unwrap())];
    let mut scopes = vec![Scope::Store];
    for head in &heads {
        let opening = store.open(&head.run, at_most(100)).await.unwrap();
        content.push(format!("{opening:?}"));
        scopes.push(Scope::Head { run: head.run.clone(), hash: head.hash });
    }
    for scope in scopes {
        for note in store.notes(&scope).await.unwrap() {
            content.push(format!("{scope:?} {} {}", note.name, note.body));
        }
    }
    for logged in store.log(Position::START, at_most(1000)).await.unwrap() {
        content.push(format!("{} {}", logged.run, logged.record.version));
    }
    content
}

/// A store with everything that there may be.
async fn filled(path: &Path) -> SqliteStore {
    let store = SqliteStore::open(path).unwrap();
    let removal = || Removal::new(Principal::LOCAL.into(), at(9));
    for run in ["a", "gone", "b"] {
        let written = records(&Hash::NONE, 0, 5, run);
        append(&store, &name(run), Hash::NONE, written.clone()).await.unwrap();
        let program = Program::new(Hash::NONE, declaration());
        let (version, hash) = (written[3].version, written[3].hash);
        store.keep(&name(run), Snapshot::new(version, hash, program, "x".repeat(600_000), vec![]));
        for scope in [Scope::Store, Scope::Head { run: name(run), hash: written[4].hash }] {
            let change =
                NoteChange::create(format!("n/{run}").parse().unwrap(), to_raw_value(run).unwrap());
            store.note(&scope, change).await.unwrap();
        }
        while store.open(&name(run), at_most(1)).await.unwrap().snapshot.is_none() {
            tokio::task::yield_now().await;
        }
    }
    store.remove(&name("gone"), removal()).await.unwrap();
    store
}

#[tokio::test]
async fn a_restored_store_is_as_its_backup() {
    let folder = Folder::new();
    let store = filled(&folder.file()).await;
    let copy = folder.0.join("copy.db");
    store.backup(&copy).await.unwrap();
    let before = content(&store).await;
    let mut watching = store.watch();

    let end = all(&store, &name("a")).await.unwrap()[4].hash;
    let later = records(&end, 5, 3, "later");
    append(&store, &name("a"), end, later.clone()).await.unwrap();
    append(&store, &name("new"), Hash::NONE, records(&Hash::NONE, 0, 2, "new")).await.unwrap();
    let mut from =
        store.log(Position::START, at_most(1000)).await.unwrap().last().unwrap().position;
    let replaced = content(&store).await;

    // By another process, as it were, while the store is open.
    let kept = SqliteStore::restore(&copy, &folder.file(), at(60)).unwrap().unwrap();
    assert_eq!(kept.file_name().unwrap(), "runs.before-restore-20270115T080100000Z.db");
    assert_eq!(content(&store).await, before);
    let done = append(&store, &name("a"), later[2].hash, records(&later[2].hash, 8, 1, "")).await;
    assert!(matches!(done, Err(StoreError::Conflict { .. })), "{done:?}");

    // Who follows the log meets what was restored, at positions that are new.
    let restored = watching.wait_for(|position| *position > from);
    tokio::time::timeout(Duration::from_secs(20), restored).await.expect("a change").unwrap();
    let logged = store.log(from, at_most(1000)).await.unwrap();
    assert_eq!(logged.len(), 10);
    from = logged[9].position;
    let position =
        append(&store, &name("a"), end, vec![record(&end, 5, "on", None)]).await.unwrap();
    assert!(position > from);

    let kept = SqliteStore::open(&kept).unwrap();
    assert_eq!(content(&kept).await, replaced);
    report(
        "restore",
        "10 records, 2 tombstones and notes under a live store; the content before is kept",
    );
}

#[tokio::test]
async fn a_store_is_restored_where_there_is_none() {
    let folder = Folder::new();
    let (copy, to) = (folder.0.join("copy.db"), folder.0.join("new/runs.db"));
    let store = filled(&folder.file()).await;
    store.backup(&copy).await.unwrap();
    assert_eq!(SqliteStore::restore(&copy, &to, at(0)).unwrap(), None);
    assert!(!to.with_extension("db-wal").exists(), "the log is in the file");
    let restored = SqliteStore::open(&to).unwrap();
    assert_eq!(content(&restored).await, content(&store).await);
    // Records are kept from change as before.
    let other = Connection::open(&to).unwrap();
    let error = other.execute("DELETE FROM record", []).unwrap_err().to_string();
    assert!(error.contains("never deleted"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_restored_changes_nothing() {
    let folder = Folder::new();
    let store = filled(&folder.file()).await;
    let before = content(&store).await;
    let copy = folder.0.join("copy.db");
    let check = |from: &Path, part: &str| {
        let error = chain(&SqliteStore::restore(from, &folder.file(), at(0)).unwrap_err());
        assert!(error.contains(part), "`{part}`: {error}");
        assert!(error.contains(from.to_str().unwrap()), "{error}");
        report("restore", &error);
    };
    check(&copy, "there is no such file");
    check(&folder.file(), "it is the store itself");
    std::fs::write(
        &copy,
        "this is a letter, and no database at all, however long it may be made to be",
    )
    .unwrap();
    check(&copy, "it is no store of runs");
    for (change, part) in [
        (
            "UPDATE record SET entry = replace(entry, 'say', 'sax') WHERE version = 2",
            "record 2 of the run `a`",
        ),
        ("DELETE FROM record WHERE version = 2", "record 3 of the run `a`"),
        ("DELETE FROM record WHERE version = 4", "record 4 of the run"),
        ("UPDATE run SET time = 0 WHERE name = 'b'", "record 4 of the run `b`"),
    ] {
        std::fs::remove_file(&copy).unwrap();
        store.backup(&copy).await.unwrap();
        let other = Connection::open(&copy).unwrap();
        let guards =
            "DROP TRIGGER record_is_never_changed; DROP TRIGGER record_goes_with_its_run_alone;";
        other.execute_batch(guards).unwrap();
        other.execute(change, []).unwrap();
        drop(other);
        check(&copy, part);
    }
    assert_eq!(content(&store).await, before);
    let texts: Vec<_> = all(&store, &name("a")).await.unwrap().iter().map(said).collect();
    assert_eq!(texts, ["a"; 5]);
}
