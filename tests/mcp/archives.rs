//! Forks, exports and imports on the command line.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use leverframe::Machine;
use leverframe::orchestrator::{Event, Orchestrator, events};
use leverframe::record::{Hash, Program, Version};
use leverframe::run::{Authority, Run, Stamp};
use leverframe::store::sqlite::SqliteStore;
use leverframe::store::{Import, Store, export};
use serde_json::{Value, json};

use super::restarts::{Folder, lines, said, serve};
use super::{PATIENCE, main_run, run};
use crate::durable::at;

#[tokio::test]
async fn a_fork_is_made_and_shown() {
    let folder = Folder::new("fork");
    let store = folder.path("runs.db");
    let client = serve(&store).await;
    client.go("PLANNING").await;
    client.go("RESEARCHING").await;
    let forked = client.ok("fork_run", json!({"name": "by-tool", "at_version": 1})).await;
    assert_eq!((&forked["run"], &forked["state"]), (&json!("by-tool"), &json!("PLANNING")));
    assert_eq!(forked["parent"]["run"], "local/main");
    let listed = client.ok("list_runs", json!({})).await;
    assert_eq!(listed["runs"][0]["parent"], forked["parent"]);
    assert_eq!(listed["runs"][1]["parent"], Value::Null);
    let history = client.ok("get_history", json!({"run": "by-tool"})).await;
    assert_eq!(history["records"][0]["parent"], forked["parent"]);
    assert_eq!(history["records"][0]["value"]["state"], json!({"PLANNING": null}));
    drop(client);

    let fork = ["fork", "main", "--at", "1", "--as", "b", "--store", &store];
    assert_eq!(said(0, &fork), "forked the run `main` at version 1; `b` is in PLANNING\n");
    assert!(said(1, &fork).contains("the run `b` was started before"));
    let made = said(0, &["fork", "b", "--as", "c", "--json", "--store", &store]);
    let made = &lines(&made)[0];
    assert_eq!((&made["run"], &made["parent"]["run"]), (&json!("c"), &json!("local/b")));
    let beyond = said(1, &["fork", "main", "--at", "3", "--as", "d", "--store", &store]);
    assert!(beyond.contains("is at version 2, and has no version 3"), "{beyond}");
    said(1, &["fork", "nobody", "--as", "d", "--store", &store]);
    said(2, &["fork", "main", "--store", &store]);

    let shown = said(0, &["runs", "--store", &store]);
    assert!(shown.contains("local/main@1") && shown.contains("local/b@0"), "{shown}");
    assert!(!shown.contains(" d "), "{shown}");
    let listed = lines(&said(0, &["runs", "--json", "--store", &store]));
    assert_eq!(listed[0]["parent"]["version"], 1);
    assert!(said(0, &["history", "b", "--store", &store]).contains("forked from local/main@1"));
    assert!(said(0, &["replay", "b", "--store", &store]).contains("parent    local/main@1"));
    let replayed = lines(&said(0, &["replay", "b", "--json", "--store", &store]));
    assert_eq!(replayed[0]["parent"]["run"], "local/main");
    let value = lines(&said(0, &["replay", "main", "--to", "1", "--json", "--store", &store]));
    assert_eq!(replayed[0]["value"], value[0]["value"]);
}

fn given(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leverframe"));
    command.args(arguments).stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

#[tokio::test]
async fn a_run_goes_from_store_to_store() {
    let folder = Folder::new("export");
    let [store, other] = ["runs.db", "other.db"].map(|name| folder.path(name));
    let client = serve(&store).await;
    client.go("PLANNING").await;
    client.ok("add_user_message", json!({"message": "hello\u{1b}"})).await;
    drop(client);
    let file = folder.path("main.jsonl");
    let exported = said(0, &["export", "main", "--to", &file, "--store", &store]);
    assert!(exported.starts_with("exported the run `main` up to version 2 to"), "{exported}");
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(said(0, &["export", "main", "--store", &store]), text, "on standard output");
    assert_eq!(lines(&text).len(), 5);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let again = said(1, &["export", "main", "--to", &file, "--store", &store]);
    assert!(again.contains("cannot create"), "nothing is overwritten: {again}");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    let nobody = folder.path("nobody.jsonl");
    said(1, &["export", "nobody", "--to", &nobody, "--store", &store]);
    assert!(!Path::new(&nobody).exists());

    let imported = said(0, &["import", &file, "--store", &other]);
    assert_eq!(imported, "imported the run `main` of `local`, which is at version 2\n");
    let taken = said(1, &["import", &file, "--store", &other]);
    assert!(taken.contains("there is a run `main` of `local` already"), "{taken}");
    let piped =
        given(&["import", "-", "--as", "b", "--owner", "ada", "--store", &other], text.as_bytes());
    assert!(piped.status.success(), "{piped:?}");
    assert_eq!(said(0, &["export", "main", "--store", &other]), text);
    let copied = said(0, &["export", "b", "--owner", "ada", "--store", &other]);
    assert_eq!(copied.split_once('\n').unwrap().1, text.split_once('\n').unwrap().1);
    let client = serve(&other).await;
    assert_eq!(client.go("RESEARCHING").await["version"], 3);
    drop(client);

    for (text, part) in [
        (text.replace("hello", "hallo"), "line 4 is damaged: its hash does not follow"),
        (text[..text.len() - 9].to_owned(), "ends after line 4, without its last line"),
        (text.replace("Orchestrator", "Purchase"), "of the machine `Purchase`"),
        ("hello\u{1b}\n".to_owned(), "line 1 is not the beginning of an exported run"),
        (String::new(), "ends after line 0"),
    ] {
        let refused = given(&["import", "-", "--as", "x", "--store", &other], text.as_bytes());
        let said = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(1));
        assert!(said.contains(part) && !said.contains('\u{1b}'), "`{part}`: {said}");
    }
    assert!(said(1, &["import", &nobody, "--store", &other]).contains("cannot open"));
    assert_eq!(lines(&said(0, &["runs", "--json", "--store", &other])).len(), 2);
}

/// A long history of a small value, as a file.
async fn long(folder: &Folder, records: u64) -> String {
    let program = Program::of(Orchestrator::CHART);
    let mut run = Run::<Orchestrator>::unstarted(program).unwrap();
    let stamp = |second| Stamp::new(at(second), main_run().owner, None);
    let mut written = vec![run.start(stamp(0)).unwrap()];
    for number in 1..=records {
        let value = format!("{number}{}", "x".repeat(2000));
        let event: Event = events::StoreKnowledge { key: "k".to_owned(), value }.into();
        let second = i64::try_from(number).unwrap();
        let change = run.apply(event, stamp(second), Authority::Caller, usize::MAX).unwrap();
        written.push(change.record);
    }
    let store = leverframe::store::memory::MemoryStore::new();
    let import = Import::new(main_run(), written.into_iter().map(Ok), program.declaration);
    store.import(import).await.unwrap();
    let file = folder.path("long.jsonl");
    let mut out = std::io::BufWriter::new(fs::File::create(&file).unwrap());
    export(&store, &main_run(), &mut out, |_, _| {}).await.unwrap();
    file
}

/// An import that is killed while it writes leaves nothing, and the next one has room.
#[tokio::test]
async fn an_import_that_is_killed_leaves_nothing() {
    const RECORDS: u64 = 20_000;
    let folder = Folder::new("killed");
    let file = long(&folder, RECORDS).await;
    let path = folder.path("runs.db");
    let store = SqliteStore::open(Path::new(&path)).unwrap();
    let log = format!("{path}-wal");
    let size = || fs::metadata(&log).map_or(0, |log| log.len());
    // What exceeds the memory of the connection is in the log before the commit.
    for enough in [64 << 10, 4 << 20] {
        let before = size();
        let mut import = Command::new(env!("CARGO_BIN_EXE_leverframe"))
            .args(["import", &file, "--store", &path])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let begin = Instant::now();
        while size() < before + enough {
            assert!(import.try_wait().unwrap().is_none(), "it ended before it was killed");
            assert!(begin.elapsed() < 3 * PATIENCE, "it writes");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        import.kill().unwrap();
        assert!(!import.wait().unwrap().success());
        assert_eq!(store.head(&main_run()).await.unwrap(), None);
        let again = SqliteStore::open(Path::new(&path)).unwrap();
        assert!(again.heads(None, None, 9).await.unwrap().is_empty());
        assert!(
            again
                .log(
                    leverframe::record::Position::START,
                    leverframe::store::PageLimit::new(9, 1 << 20)
                )
                .await
                .unwrap()
                .is_empty()
        );
    }
    drop(store);
    said(0, &["import", &file, "--store", &path]);
    let store = SqliteStore::open(Path::new(&path)).unwrap();
    let head = store.head(&main_run()).await.unwrap().unwrap();
    assert_eq!(head.version, Version(RECORDS));
    assert_ne!(head.hash, Hash::NONE);
    assert_eq!(said(0, &["export", "main", "--store", &path]), fs::read_to_string(&file).unwrap());
    // The fork of a long run reads its snapshot.
    said(0, &["fork", "main", "--as", "b", "--store", &path]);
    let forked = store.head(&run("b")).await.unwrap().unwrap();
    assert_eq!(forked.parent.unwrap().version, Version(RECORDS));
}
