//! The file: what it may be, and who may change it.

use std::path::Path;

use leverframe::caller::Principal;
use leverframe::record::Hash;
use leverframe::store::sqlite::SqliteStore;
use leverframe::store::{Removal, Store, StoreError};
use rusqlite::Connection;

use super::{Folder, all, append, at, key, name, record, records};

#[track_caller]
fn check_refused(path: &Path, part: &str) {
    let before = std::fs::read(path).unwrap();
    let error = SqliteStore::open(path).unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains(part), "`{part}`: {error}: {cause}");
    assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    assert_eq!(std::fs::read(path).unwrap(), before, "nothing is overwritten");
}

#[tokio::test]
async fn a_file_that_cannot_be_the_store_is_refused_and_left_alone() {
    let folder = Folder::new();
    let path = folder.file();
    std::fs::write(&path, "this is a letter, and no database at all").unwrap();
    check_refused(&path, "it is no store of runs");

    std::fs::remove_file(&path).unwrap();
    let foreign = Connection::open(&path).unwrap();
    foreign.execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
    drop(foreign);
    check_refused(&path, "it is no store of runs");

    std::fs::remove_file(&path).unwrap();
    drop(SqliteStore::open(&path).unwrap());
    let newer = Connection::open(&path).unwrap();
    newer.execute("UPDATE store SET form = 99", []).unwrap();
    drop(newer);
    check_refused(&path, "it has the form 99");
    assert!(SqliteStore::open(&path).unwrap_err().is_newer());
}

#[tokio::test]
async fn a_truncated_file_is_refused() {
    let folder = Folder::new();
    let path = folder.file();
    let store = SqliteStore::open(&path).unwrap();
    append(&store, &name("main"), Hash::NONE, records(&Hash::NONE, 0, 500, "text")).await.unwrap();
    drop(store);
    let whole = std::fs::read(&path).unwrap();
    for (length, part) in [
        (whole.len() - 4096, "it is damaged"),
        (whole.len() / 2, "it is damaged"),
        (4096, "it is damaged"),
        (100, "it is damaged"),
        (20, "it is no store of runs"),
        (1, "it is no store of runs"),
    ] {
        std::fs::write(&path, &whole[..length]).unwrap();
        check_refused(&path, part);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn file_and_folder_are_their_users_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let path = folder.0.join("new").join("runs.db");
    let store = SqliteStore::open(&path).unwrap();
    append(&store, &name("main"), Hash::NONE, records(&Hash::NONE, 0, 1, "")).await.unwrap();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    for file in std::fs::read_dir(path.parent().unwrap()).unwrap() {
        let file = file.unwrap().path();
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

/// Whoever opens the file with another program cannot rewrite history by mistake.
#[tokio::test]
async fn a_record_is_never_changed() {
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.file()).unwrap();
    let mut written = records(&Hash::NONE, 0, 3, "a");
    written.push(record(&written[2].hash, 3, "a", Some(key("k"))));
    for run in ["main", "gone"] {
        append(&store, &name(run), Hash::NONE, written.clone()).await.unwrap();
    }
    let removal = Removal::new(Principal::LOCAL.into(), at(9));
    let tombstone = store.remove(&name("gone"), removal).await.unwrap();
    let other = Connection::open(folder.file()).unwrap();
    for (change, part) in [
        ("UPDATE tombstone SET actor = 'me'", "never changed"),
        ("DELETE FROM tombstone", "stays"),
        (
            "INSERT OR REPLACE INTO tombstone
             SELECT number, run, owner, name, version, hash, 'me', time FROM tombstone",
            "never replaced",
        ),
        ("UPDATE record SET actor = 'me' WHERE version = 1", "never changed"),
        ("DELETE FROM record WHERE version = 2", "never deleted"),
        (
            "INSERT OR REPLACE INTO record
             SELECT position + 99, run, version, 0, actor, key, entry, hash FROM record",
            "never replaced",
        ),
        (
            "INSERT OR REPLACE INTO record
             SELECT position, run, version + 9, 0, actor, NULL, entry, hash FROM record",
            "never replaced",
        ),
        (
            "INSERT OR REPLACE INTO record
             SELECT position + 99, run, version + 9, 0, actor, key, entry, hash FROM record
             WHERE key = 'k'",
            "never replaced",
        ),
    ] {
        let error = other.execute(change, []).unwrap_err().to_string();
        assert!(error.contains(part), "{change}: {error}");
    }
    assert_eq!(all(&store, &name("main")).await.unwrap().len(), 4);
    assert_eq!(store.tombstones().await.unwrap(), [tombstone]);
}

/// A record is written before the head of its run, and goes where that cannot be written.
#[tokio::test]
async fn a_record_is_not_kept_without_its_head() {
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.file()).unwrap();
    let main = name("main");
    let written = records(&Hash::NONE, 0, 3, "a");
    append(&store, &main, Hash::NONE, written[..1].to_vec()).await.unwrap();
    let other = Connection::open(folder.file()).unwrap();
    let stuck = "CREATE TRIGGER stuck BEFORE UPDATE ON run BEGIN SELECT RAISE(ABORT, ''); END";
    other.execute_batch(stuck).unwrap();
    let done = append(&store, &main, written[0].hash, written[1..2].to_vec()).await;
    assert!(matches!(done, Err(StoreError::Indeterminate(_))), "{done:?}");
    other.execute_batch("DROP TRIGGER stuck").unwrap();
    assert_eq!(all(&store, &main).await.unwrap().len(), 1);
    append(&store, &main, written[0].hash, written[1..].to_vec()).await.unwrap();
    assert_eq!(all(&store, &main).await.unwrap().len(), 3);
}

/// Each thing that damage may do to a history is told with the record.
#[tokio::test]
async fn damage_is_told_with_the_record() {
    for (change, version) in [
        ("UPDATE record SET entry = replace(entry, 'text', 'tent') WHERE version = 2", 2),
        ("UPDATE record SET actor = 'me' WHERE version = 1", 1),
        ("UPDATE record SET time = time + 1 WHERE version = 0", 0),
        ("UPDATE record SET hash = zeroblob(32) WHERE version = 3", 3),
        ("UPDATE record SET key = 'k' WHERE version = 3", 3),
        ("DELETE FROM record WHERE version = 2", 2),
        ("DELETE FROM record WHERE version = 4", 4),
        ("UPDATE run SET version = 3", 3),
        ("UPDATE run SET version = 7", 7),
        ("UPDATE run SET hash = zeroblob(32)", 4),
        ("UPDATE run SET declaration = zeroblob(32)", 4),
        ("UPDATE run SET configuration = '[\"SHUT\"]'", 4),
        ("UPDATE run SET time = time + 1", 4),
        ("UPDATE run SET due = 1", 4),
    ] {
        let folder = Folder::new();
        let store = SqliteStore::open(&folder.file()).unwrap();
        let main = name("main");
        append(&store, &main, Hash::NONE, records(&Hash::NONE, 0, 5, "text")).await.unwrap();
        let other = Connection::open(folder.file()).unwrap();
        let guards = "DROP TRIGGER record_is_never_changed;
                      DROP TRIGGER record_goes_with_its_run_alone;";
        other.execute_batch(guards).unwrap();
        other.execute(change, []).unwrap();
        match all(&store, &main).await {
            Err(StoreError::Corrupt { run, version: found }) => {
                assert_eq!((run, found.0), (main, version), "{change}");
            }
            other => panic!("{change}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn two_stores_share_a_file() {
    let folder = Folder::new();
    let [ours, theirs] = [(); 2].map(|()| SqliteStore::open(&folder.file()).unwrap());
    let main = name("main");
    let written = records(&Hash::NONE, 0, 3, "a");
    append(&ours, &main, Hash::NONE, written[..1].to_vec()).await.unwrap();
    let mut changes = ours.watch();
    changes.mark_unchanged();
    append(&theirs, &main, written[0].hash, written[1..].to_vec()).await.unwrap();
    assert_eq!(all(&ours, &main).await.unwrap().len(), 3);
}

/// Each client starts a server of its own, so that several may make the file at one moment.
#[test]
fn many_make_one_file() {
    for _ in 0..30 {
        let folder = Folder::new();
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| SqliteStore::open(&folder.file()).unwrap());
            }
        });
    }
}
