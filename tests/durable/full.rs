//! A disk without room: the cause is told, what was there is there, and the store goes on once there is room.

use std::process::{Command, Stdio};

use leverframe::record::Hash;
use leverframe::store::sqlite::SqliteStore;

use super::scripted;
use super::weather::rounds;
use super::{Folder, all, append, has_strace, name, records, report};

/// What is written while there is no room: each write, from one on, to one, or for good.
fn without_room(when: &str) -> [String; 6] {
    let inject = format!("inject=pwrite64:error=ENOSPC:when={when}");
    ["-f", "-qq", "-o", "/dev/null", "-e", &inject].map(str::to_owned)
}

/// A store with some records.
fn filled() -> (Folder, Vec<u8>) {
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.file()).unwrap();
    let before = records(&Hash::NONE, 0, 40, "before");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(append(&store, &name("before"), Hash::NONE, before)).unwrap();
    drop(store);
    let file = std::fs::read(folder.file()).unwrap();
    (folder, file)
}

#[track_caller]
fn check_before(folder: &Folder) {
    let store = SqliteStore::open(&folder.file()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(all(&store, &name("before"))).unwrap().len(), 40);
}

/// What the command line says of the store, which it cannot open.
#[track_caller]
fn refused(folder: &Folder, command: &[&str]) -> String {
    let output = Command::new("strace")
        .args(without_room("1+"))
        .arg(env!("CARGO_BIN_EXE_leverframe"))
        .args(command)
        .args(["--store".as_ref(), folder.file().as_os_str()])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{command:?}: {text}");
    assert!(text.contains(folder.file().to_str().unwrap()), "{command:?}: {text}");
    assert!(text.contains("room"), "{command:?}: {text}");
    text
}

#[test]
fn a_store_that_cannot_be_made_for_want_of_room_is_made_later() {
    if !has_strace() {
        return;
    }
    let folder = Folder::new();
    let text = refused(&folder, &["serve"]);
    assert!(text.contains("the disk has no room"), "{text}");
    drop(SqliteStore::open(&folder.file()).unwrap());
    report("full disk", &format!("a new store: {}", text.trim_end()));
}

#[test]
fn a_store_on_a_full_disk_is_told_and_left_as_it_is() {
    if !has_strace() {
        return;
    }
    let (folder, file) = filled();
    let texts = [&["serve"][..], &["runs"], &["history", "before"]].map(|command| {
        let text = refused(&folder, command);
        assert_eq!(std::fs::read(folder.file()).unwrap(), file, "nothing is overwritten");
        text
    });
    check_before(&folder);
    report("full disk", &format!("a store, by 3 commands: {}", texts[0].trim_end()));
}

/// The disk fills while the process writes, and has room again a little later.
#[test]
fn the_store_goes_on_once_there_is_room() {
    if !has_strace() {
        return;
    }
    let (mut processes, mut refused, mut again) = (0, 0, 0);
    for at in (1..50).step_by(rounds(6, 1)) {
        let (folder, _) = filled();
        let strace = without_room(&format!("{at}..{}", at + 3));
        let arguments: Vec<&str> = strace.iter().map(String::as_str).collect();
        let (closed, told) = scripted::run(scripted::command("strace", &arguments, &folder.file()));
        scripted::look(&folder.file(), &told).unwrap_or_else(|wrong| panic!("{at}: {wrong}"));
        check_before(&folder);
        let refusals = told.iter().filter(|told| !told.is_kept()).map(|told| &told.cause);
        for cause in refusals.chain(&closed) {
            assert!(cause.contains("full") || cause.contains("room"), "{at}: {cause}");
        }
        // The store that was refused, and no later one of the script.
        let here = told.iter().filter(|told| told.number < 11);
        let after = here.skip_while(|told| told.is_kept()).filter(|told| told.is_kept()).count();
        processes += 1;
        refused += told.iter().filter(|told| !told.is_kept()).count();
        again += usize::from(after > 0);
    }
    report(
        "full disk",
        &format!(
            "{processes} processes without room for four writes: {refused} appends refused, \
             {again} processes went on with the same store, 0 records lost"
        ),
    );
    assert!(again > processes / 2, "{again} of {processes} went on");
}
