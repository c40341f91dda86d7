//! What cannot be a store is refused with a reason, and nothing is made or changed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use leverframe::record::Hash;
use leverframe::store::sqlite::SqliteStore;

use super::{Folder, all, append, chain, name, records, report};

/// What is in a folder, with the length of what can be read.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let bytes = |path: &PathBuf| path.is_file().then(|| std::fs::read(path).unwrap());
    paths.map(|path| (path.clone(), bytes(&path))).collect()
}

#[track_caller]
fn check(folder: &Folder, path: &Path, part: &str) {
    let before = contents(&folder.0);
    let error = chain(&SqliteStore::open(path).unwrap_err());
    assert!(error.contains(part), "`{part}`: {error}");
    assert!(error.contains(path.to_str().unwrap()), "{error}");
    assert!(contents(&folder.0) == before, "{error}: nothing is made or changed");
    report("refused", &error);
}

/// A store with records in its file and in its log, as a process that is killed leaves it.
async fn killed(folder: &Folder) -> PathBuf {
    let path = folder.file();
    let written = records(&Hash::NONE, 0, 400, "a text of some length, so that there are pages");
    let store = SqliteStore::open(&path).unwrap();
    append(&store, &name("main"), Hash::NONE, written[..300].to_vec()).await.unwrap();
    drop(store);
    let store = SqliteStore::open(&path).unwrap();
    append(&store, &name("main"), written[299].hash, written[300..].to_vec()).await.unwrap();
    let killed = folder.0.join("killed.db");
    for end in ["", "-wal"] {
        let [from, to] = [&path, &killed].map(|path| format!("{}{end}", path.display()));
        std::fs::copy(from, to).unwrap();
    }
    drop(store);
    killed
}

#[tokio::test]
async fn a_name_that_is_no_path_is_refused() {
    let folder = Folder::new();
    for name in [":memory:", "file:runs.db", "file::memory:?cache=shared"] {
        check(&folder, Path::new(name), "it is not the path of a file");
        assert!(!Path::new(name).exists());
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_plain_file_is_refused() {
    let folder = Folder::new();
    let pipe = folder.0.join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    check(&folder, &pipe, "it is a pipe, a socket or a device");
    check(&folder, Path::new("/dev/null"), "it is a pipe, a socket or a device");
    let socket = folder.0.join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    check(&folder, &socket, "it is a pipe, a socket or a device");
    check(&folder, &folder.0, "it is a folder");
}

#[tokio::test]
async fn a_log_without_its_file_is_refused_and_kept() {
    let folder = Folder::new();
    let path = killed(&folder).await;
    let whole = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    check(&folder, &path, "its log `-wal` is there");
    std::fs::write(&path, "").unwrap();
    check(&folder, &path, "its log `-wal` is there");
    std::fs::write(&path, whole).unwrap();
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(all(&store, &name("main")).await.unwrap().len(), 400);
}

#[tokio::test]
async fn a_log_beside_another_file_is_refused_and_kept() {
    let folder = Folder::new();
    let path = killed(&folder).await;
    let whole = std::fs::read(&path).unwrap();
    // The store of before is a later one now, since its log was moved into it.
    let later = std::fs::read(folder.file()).unwrap();
    std::fs::write(&path, later).unwrap();
    check(&folder, &path, "belongs to another file");
    for length in [whole.len() / 2, 4096, 1000] {
        std::fs::write(&path, [&whole[..length], &[0; 50]].concat()).unwrap();
        // What fits the log is completed by it, as after a power cut; the rest is told as damage.
        if let Ok(store) = SqliteStore::open(&path) {
            assert!(all(&store, &name("main")).await.is_err(), "{length}");
        }
    }
}

#[tokio::test]
async fn an_emptied_file_is_refused() {
    let folder = Folder::new();
    let path = folder.file();
    std::fs::write(&path, "").unwrap();
    std::fs::write(path.with_extension("db-shm"), "").unwrap();
    check(&folder, &path, "it was emptied");
    std::fs::remove_file(path.with_extension("db-shm")).unwrap();
    // An empty file alone is a new store, as `mktemp` makes one.
    drop(SqliteStore::open(&path).unwrap());
}

/// A store that was emptied while nobody used it is not taken for a new one.
#[tokio::test]
async fn a_store_that_was_emptied_at_rest_is_refused() {
    let folder = Folder::new();
    let path = folder.file();
    let store = SqliteStore::open(&path).unwrap();
    append(&store, &name("main"), Hash::NONE, records(&Hash::NONE, 0, 3, "")).await.unwrap();
    drop(store);
    let made = path.metadata().unwrap().created();
    std::thread::sleep(std::time::Duration::from_millis(100));
    std::fs::File::options().write(true).open(&path).unwrap().set_len(0).unwrap();
    if made.is_ok() {
        check(&folder, &path, "it was emptied");
    }
}

#[tokio::test]
async fn a_half_written_copy_is_refused() {
    let folder = Folder::new();
    let path = killed(&folder).await;
    drop(SqliteStore::open(&path).unwrap());
    let whole = std::fs::read(folder.file()).unwrap();
    let copy = folder.0.join("copy.db");
    for (length, part) in [
        (whole.len() - 1, "before its last page"),
        (whole.len() - 4096, "before its last page"),
        (whole.len() / 2, "before its last page"),
        (4096, "before its last page"),
        (100, "before its last page"),
        (99, "it is no store of runs"),
    ] {
        std::fs::write(&copy, &whole[..length]).unwrap();
        check(&folder, &copy, part);
    }
    // A copy of the header of one moment and the rest of another.
    let mut torn = whole.clone();
    torn[60] ^= 1;
    std::fs::write(&copy, torn).unwrap();
    check(&folder, &copy, "made while the store was written");
}
