//! Backups: one moment of the store, under any load, and nothing else is left behind.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use leverframe::record::{Hash, Version};
use leverframe::store::memory::MemoryStore;
use leverframe::store::sqlite::SqliteStore;
use leverframe::store::{Store, StoreError};

use super::{Folder, all, append, chain, name, record, records, report};

/// Where the store is that a process of the test copies; the process does nothing else.
const FILE: &str = "LEVERFRAME_TEST_COPY";

/// The names of the files in a folder that have to do with a backup.
fn copies(folder: &Folder) -> Vec<String> {
    let entries = std::fs::read_dir(&folder.0).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.starts_with("copy")).collect();
    names.sort();
    names
}

/// A store of so many records of 10 KB.
async fn filled(path: &Path, count: u64) -> SqliteStore {
    let store = SqliteStore::open(path).unwrap();
    let written = records(&Hash::NONE, 0, count, &"x".repeat(10_000));
    append(&store, &name("main"), Hash::NONE, written).await.unwrap();
    store
}

#[tokio::test]
async fn a_backup_is_a_store() {
    let folder = Folder::new();
    let store = filled(&folder.file(), 50).await;
    let copy = folder.0.join("new/copy.db");
    store.backup(&copy).await.unwrap();
    let error = chain(&store.backup(&copy).await.unwrap_err());
    assert!(error.contains("there is such a file already"), "{error}");
    let copied = SqliteStore::open(&copy).unwrap();
    assert_eq!(all(&copied, &name("main")).await.unwrap().len(), 50);
    drop(copied);
    let left = std::fs::read_dir(folder.0.join("new")).unwrap();
    assert_eq!(left.count(), 1, "the copy alone");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn a_store_in_memory_has_no_backup() {
    let error = MemoryStore::new().backup("copy.db".as_ref()).await.unwrap_err();
    assert!(chain(&error).contains("this kind of store has no backup"), "{}", chain(&error));
}

/// Others write all the time; the backup ends, and has a whole history that goes on from what was there when it began.
#[tokio::test]
async fn a_backup_ends_under_load() {
    let folder = Folder::new();
    let store = filled(&folder.file(), 3_000).await;
    let busy = name("busy");
    let copy = folder.0.join("copy.db");
    let (mut end, mut version) = (Hash::NONE, 0);
    let mut write = async || {
        let record = record(&end, version, "busy", None);
        let hash = record.hash;
        append(&store, &busy, end, vec![record]).await.unwrap();
        (end, version) = (hash, version + 1);
        version
    };
    let before = write().await;
    let begin = Instant::now();
    let mut backup = store.backup(&copy);
    let mut written = before;
    let during = loop {
        let next = std::pin::pin!(write());
        match futures::future::select(&mut backup, next).await {
            futures::future::Either::Left((done, rest)) => {
                done.unwrap();
                break rest.await;
            }
            futures::future::Either::Right((now, _)) => written = now,
        }
    };
    let took = begin.elapsed();
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert!(written > before, "it was written to meanwhile");
    let copied = SqliteStore::open(&copy).unwrap();
    let kept = all(&copied, &busy).await.unwrap().len() as u64;
    assert!((before..=during).contains(&kept), "{before} <= {kept} <= {during}");
    assert_eq!(all(&copied, &name("main")).await.unwrap().len(), 3_000);
    report("backup", &format!("30 MB in {took:.1?}, while {} commits came", written - before));
}

#[tokio::test]
async fn a_backup_that_fails_leaves_nothing_behind() {
    let folder = Folder::new();
    let store = filled(&folder.file(), 50).await;
    std::fs::write(folder.0.join("letter"), "dear reader").unwrap();
    for (to, part) in [
        (folder.0.join("letter/copy.db"), "a part of the path is a file"),
        (folder.file(), "there is such a file already"),
        (folder.0.clone(), "there is such a file already"),
        (PathBuf::from(":memory:"), "it is not the path of a file"),
    ] {
        let error = store.backup(&to).await.unwrap_err();
        assert!(matches!(error, StoreError::Backup(_)));
        assert!(chain(&error).contains(part), "{}", chain(&error));
    }
    // Another one is at work.
    let lock = std::fs::File::create(folder.0.join("copy.db.leverframe-partial-lock")).unwrap();
    std::fs::write(folder.0.join("copy.db.leverframe-partial"), "begun").unwrap();
    lock.try_lock().unwrap();
    let copy = folder.0.join("copy.db");
    let error = chain(&store.backup(&copy).await.unwrap_err());
    assert!(error.contains("another backup to this path is under way"), "{error}");
    assert_eq!(copies(&folder), ["copy.db.leverframe-partial", "copy.db.leverframe-partial-lock"]);
    // It was killed.
    drop(lock);
    store.backup(&copy).await.unwrap();
    assert_eq!(copies(&folder), ["copy.db"]);
}

/// A caller that does not wait any more ends its backup.
#[tokio::test]
async fn a_backup_that_is_given_up_leaves_nothing_behind() {
    let folder = Folder::new();
    let store = filled(&folder.file(), 3_000).await;
    let copy = folder.0.join("copy.db");
    let mut backup = store.backup(&copy);
    assert!(futures::poll!(&mut backup).is_pending());
    while copies(&folder).len() < 2 {
        std::thread::yield_now();
    }
    drop(backup);
    drop(store);
    // It may have come to its end before.
    let left = copies(&folder);
    assert!(left.is_empty() || left == ["copy.db"], "{left:?}");
}

#[test]
fn copier() {
    let Some(file) = std::env::var_os(FILE).map(PathBuf::from) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let store = SqliteStore::open(&file).unwrap();
    let copy = file.with_file_name("copy.db");
    runtime.block_on(store.backup(&copy)).unwrap();
    std::thread::park();
}

/// Kills processes at any moment of a backup: there is a whole copy, or none, and the next backup clears the rest.
#[tokio::test]
async fn a_backup_that_is_killed_leaves_no_half_copy() {
    let folder = Folder::new();
    let store = filled(&folder.file(), 1_000).await;
    let copy = folder.0.join("copy.db");
    let (mut halves, mut wholes) = (0, 0);
    for round in 0..30_u32 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "durable::backup::copier", "--nocapture", "--test-threads", "1"])
            .env(FILE, folder.file())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        while copies(&folder).is_empty() {
            std::thread::yield_now();
        }
        // Each round is killed a little later.
        let moment = Instant::now();
        while moment.elapsed() < Duration::from_millis(15) * round && !copy.exists() {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        if copy.exists() {
            wholes += 1;
        } else {
            halves += 1;
            store.backup(&copy).await.unwrap();
            assert_eq!(copies(&folder), ["copy.db"]);
        }
        let copied = SqliteStore::open(&copy).unwrap();
        let page = copied.load(&name("main"), Version(990), super::at_most(100)).await.unwrap();
        assert_eq!(page.records.len(), 10);
        drop(copied);
        for left in copies(&folder) {
            std::fs::remove_file(folder.0.join(left)).unwrap();
        }
    }
    report(
        "backup",
        &format!("{halves} killed before their end, {wholes} after it, 0 half copies"),
    );
    assert!(halves > 0);
}
