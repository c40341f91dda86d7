//! The file under a live store: moved, removed, replaced or written over. Nothing is acknowledged any more, and what is
//! there now is left as it is.

use std::path::Path;
use std::process::Command;

use leverframe::record::{Hash, Record};
use leverframe::store::sqlite::SqliteStore;
use leverframe::store::{Scope, Store, StoreError};

use super::{Folder, all, append, chain, name, records, report};

/// Runs a program that the system has; this process must not open the file itself.
fn run(program: &str, arguments: &[&Path]) {
    let status = Command::new(program).args(arguments).status().unwrap();
    assert!(status.success(), "{program} {arguments:?}");
}

/// A store with three records, one of them only in the log, and a record that comes next.
async fn live(path: &Path) -> (SqliteStore, Vec<Record>) {
    let written = records(&Hash::NONE, 0, 4, "text");
    let store = SqliteStore::open(path).unwrap();
    append(&store, &name("main"), Hash::NONE, written[..2].to_vec()).await.unwrap();
    drop(store);
    let store = SqliteStore::open(path).unwrap();
    append(&store, &name("main"), written[1].hash, written[2..3].to_vec()).await.unwrap();
    (store, written)
}

/// Looks at what a live store does once something has happened to its file, and at the next start.
async fn check(what: &str, harm: impl AsyncFn(&SqliteStore, &Path), next: Option<&str>) {
    let folder = Folder::new();
    let path = folder.file();
    let (store, written) = live(&path).await;
    let kept = folder.0.join("kept.db");
    for end in ["", "-wal"] {
        let [from, to] = [&path, &kept].map(|path| format!("{}{end}", path.display()));
        run("cp", &[from.as_ref(), to.as_ref()]);
    }
    harm(&store, &path).await;
    let now = || [path.clone(), path.with_extension("db-wal")].map(|path| std::fs::read(path).ok());
    let before = now();
    for _ in 0..3 {
        let done = append(&store, &name("main"), written[2].hash, written[3..].to_vec()).await;
        let Err(error @ StoreError::Poisoned(_)) = done else { panic!("{what}: {done:?}") };
        assert!(chain(&error).contains("was moved, removed, replaced or cut"), "{}", chain(&error));
    }
    let read = all(&store, &name("main")).await;
    assert!(matches!(read, Err(StoreError::Poisoned(_))), "{what}: {read:?}");
    let read = store.notes(&Scope::Store).await;
    assert!(matches!(read, Err(StoreError::Poisoned(_))), "{what}: {read:?}");
    drop(store);
    assert_eq!(now()[0], before[0], "{what}: what is there now is left as it is");
    if let Some(part) = next {
        let before = now();
        let error = chain(&SqliteStore::open(&path).unwrap_err());
        assert!(error.contains(part), "{what}: {error}");
        assert_eq!(now(), before, "{what}: a file that is refused is left as it is");
        report("replaced", &format!("{what}: {error}"));
    }
    // All that was acknowledged is in the file and its log, once they are back.
    let store = SqliteStore::open(&kept).unwrap();
    assert_eq!(all(&store, &name("main")).await.unwrap().len(), 3, "{what}");
}

/// Another store.
async fn other(path: &Path) -> std::path::PathBuf {
    let other = path.with_file_name("other.db");
    let store = SqliteStore::open(&other).unwrap();
    append(&store, &name("other"), Hash::NONE, records(&Hash::NONE, 0, 9, "other")).await.unwrap();
    other
}

const OTHER_LOG: Option<&str> = Some("belongs to another file");
const ONLY_LOG: Option<&str> = Some("its log `-wal` is there");

#[tokio::test]
async fn a_file_that_was_removed_or_moved_is_noticed() {
    check("removed", async |_, path| std::fs::remove_file(path).unwrap(), ONLY_LOG).await;
    let moved =
        async |_: &SqliteStore, path: &Path| run("mv", &[path, &path.with_file_name("gone")]);
    check("moved", moved, ONLY_LOG).await;
}

#[tokio::test]
async fn a_file_that_was_replaced_is_noticed() {
    let moved = async |_: &SqliteStore, path: &Path| run("mv", &[&other(path).await, path]);
    check("replaced by another store", moved, OTHER_LOG).await;
    let backup = async |store: &SqliteStore, path: &Path| {
        let copy = path.with_file_name("copy.db");
        store.backup(&copy).await.unwrap();
        run("mv", &[&copy, path]);
    };
    check("replaced by its own backup", backup, OTHER_LOG).await;
}

#[tokio::test]
async fn a_file_that_was_written_over_is_noticed() {
    let copied = async |_: &SqliteStore, path: &Path| run("cp", &[&other(path).await, path]);
    check("written over by another store", copied, OTHER_LOG).await;
    let backup = async |store: &SqliteStore, path: &Path| {
        let copy = path.with_file_name("copy.db");
        store.backup(&copy).await.unwrap();
        run("cp", &[&copy, path]);
    };
    check("written over by its own backup", backup, OTHER_LOG).await;
    let foreign = async |_: &SqliteStore, path: &Path| {
        let letter = path.with_file_name("letter");
        std::fs::write(&letter, "this is a letter, and no database at all").unwrap();
        run("cp", &[&letter, path]);
    };
    check("written over by a letter", foreign, Some("no store of runs")).await;
    let emptied = async |_: &SqliteStore, path: &Path| run("cp", &["/dev/null".as_ref(), path]);
    check("emptied", emptied, ONLY_LOG).await;
}

#[tokio::test]
async fn a_log_that_was_removed_is_noticed() {
    for end in ["db-wal", "db-shm"] {
        let removed = async |_: &SqliteStore, path: &Path| {
            std::fs::remove_file(path.with_extension(end)).unwrap();
        };
        check(end, removed, None).await;
    }
}

#[tokio::test]
async fn a_file_that_was_cut_is_noticed() {
    for cut in [1, 4096, 40_000] {
        let harm = async |_: &SqliteStore, path: &Path| {
            let file = std::fs::File::options().write(true).open(path).unwrap();
            file.set_len(file.metadata().unwrap().len() - cut).unwrap();
        };
        check(&format!("cut by {cut} bytes"), harm, None).await;
    }
}

/// A store that is closed has all in its file, so that its copy is a store.
#[tokio::test]
async fn a_file_that_nobody_uses_may_be_replaced() {
    let folder = Folder::new();
    let path = folder.file();
    for _ in 0..2 {
        drop(SqliteStore::open(&path).unwrap());
        assert!(!path.with_extension("db-wal").exists(), "a new store, and one that is only read");
    }
    let (store, _) = live(&path).await;
    drop(store);
    assert!(!path.with_extension("db-wal").exists(), "the log is in the file");
    let kept = folder.0.join("kept.db");
    run("cp", &[&path, &kept]);
    let (store, written) = (SqliteStore::open(&path).unwrap(), records(&Hash::NONE, 0, 4, "text"));
    append(&store, &name("main"), written[2].hash, written[3..].to_vec()).await.unwrap();
    drop(store);
    for (program, from) in [("cp", &kept), ("mv", &other(&path).await)] {
        run(program, &[from, &path]);
        let store = SqliteStore::open(&path).unwrap();
        let run = if program == "cp" { name("main") } else { name("other") };
        let count = if program == "cp" { 3 } else { 9 };
        assert_eq!(all(&store, &run).await.unwrap().len(), count);
    }
}

/// Two stores write much more than a log has before it is moved: it is moved while they write, and both go on.
#[tokio::test]
async fn the_log_is_moved_while_others_write() {
    let folder = Folder::new();
    let path = folder.file();
    let stores = [(); 2].map(|()| SqliteStore::open(&path).unwrap());
    let mut ends = [Hash::NONE; 2];
    let text = "x".repeat(300_000);
    let mut longest = 0;
    for version in 0..200 {
        let writes =
            stores.iter().zip(&mut ends).enumerate().map(async |(number, (store, end))| {
                let record = super::record(end, version, &text, None);
                let hash = record.hash;
                append(store, &name(&format!("r{number}")), *end, vec![record]).await.unwrap();
                *end = hash;
            });
        futures::future::join_all(writes).await;
        longest = longest.max(path.with_extension("db-wal").metadata().unwrap().len() >> 20);
    }
    let moved = path.metadata().unwrap().len() >> 20;
    report(
        "moving the log",
        &format!("120 MB written, {moved} MiB moved, at most {longest} MiB of log"),
    );
    assert!(moved > 60 && longest < 100, "{moved} MiB of 120 MB, {longest} MiB of log");
    for (number, store) in stores.iter().enumerate() {
        for run in 0..2 {
            let run = name(&format!("r{run}"));
            assert_eq!(all(store, &run).await.unwrap().len(), 200, "{number}: {run}");
        }
    }
}

/// When a process closes a file, the system drops the process's locks on it: a store must not do so under another.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_store_leaves_the_locks_of_another_in_its_process() {
    use std::os::unix::fs::MetadataExt;
    let folder = Folder::new();
    let (store, _) = live(&folder.file()).await;
    let inode = format!(":{} ", folder.file().metadata().unwrap().ino());
    let locks = || {
        let locks = std::fs::read_to_string("/proc/locks").unwrap();
        locks.lines().filter(|line| line.contains("POSIX") && line.contains(&inode)).count()
    };
    let before = locks();
    assert!(before > 0);
    for _ in 0..3 {
        drop(SqliteStore::open(&folder.file()).unwrap());
        assert_eq!(locks(), before);
    }
    drop(store);
    assert_eq!(locks(), 0);
}
