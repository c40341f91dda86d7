//! Files and folders that may not be written: told with the path and the mend, and left as they are.

use std::collections::BTreeMap;
use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use leverframe::store::sqlite::SqliteStore;

use super::{Folder, report};

/// What is told of a place where the user may not write.
const NOT_ALLOWED: &str = "check that its user may write there";
/// What is told by a command that makes no store.
const MISSING: &str = "there is no store at";

/// The command line, as a user whom permissions stop: the superuser, too, without the right to pass over them.
/// `None` where there is no way to become one.
fn program() -> Option<Command> {
    let program = env!("CARGO_BIN_EXE_leverframe");
    let folder = Folder::new();
    allow(&folder.0, 0o555);
    let is_stopped = std::fs::write(folder.0.join("probe"), "").is_err();
    allow(&folder.0, 0o755);
    if is_stopped {
        return Some(Command::new(program));
    }
    let drop = "--bounding-set=-dac_override,-dac_read_search";
    let can_drop = Command::new("setpriv").args([drop, "true"]).status();
    let is_able = can_drop.is_ok_and(|status| status.success());
    assert!(is_able || std::env::var_os("CI").is_none(), "install `setpriv`, of util-linux");
    is_able.then(|| {
        let mut command = Command::new("setpriv");
        command.args([drop, program]);
        command
    })
}

fn allow(path: &Path, mode: u32) {
    set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// All that is in a folder, with its bytes.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| (path.clone(), std::fs::read(path).ok())).collect()
}

/// Runs each command against a store that is arranged, and looks for what is told by the ones that make no store, and
/// by the one that would.
fn check(what: &str, arrange: impl Fn(&Path) -> PathBuf, serve: &str, others: &str) {
    let mut told = Vec::new();
    for (command, part) in
        [(&["serve"][..], serve), (&["runs"], others), (&["history", "a"], others)]
    {
        let folder = Folder::new();
        let Some(mut program) = program() else {
            return eprintln!("skipped: install `setpriv` to be stopped by permissions");
        };
        let path = arrange(&folder.0);
        let before = contents(&folder.0);
        let output =
            program.args(command).arg("--store").arg(&path).stdin(Stdio::null()).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        let after = contents(&folder.0);
        allow(&folder.0, 0o755);
        assert_eq!(output.status.code(), Some(1), "{what}, {command:?}: {text}");
        assert!(text.contains(path.to_str().unwrap()), "{what}, {command:?}: {text}");
        assert!(text.contains(part), "{what}, {command:?}: {text}");
        assert_eq!(after, before, "{what}, {command:?}: nothing is made or overwritten");
        told.push(text);
    }
    report("unwritable", &format!("{what}, by 3 commands: {}", told[0].trim_end()));
}

fn store_in(folder: &Path) -> PathBuf {
    let path = folder.join("runs.db");
    drop(SqliteStore::open(&path).unwrap());
    path
}

#[test]
fn a_folder_that_may_not_be_written_is_told() {
    let arrange = |folder: &Path| {
        let path = store_in(folder);
        allow(folder, 0o555);
        path
    };
    check("a store in a read-only folder", arrange, NOT_ALLOWED, NOT_ALLOWED);
    let arrange = |folder: &Path| {
        allow(folder, 0o555);
        folder.join("runs.db")
    };
    check("a read-only folder", arrange, NOT_ALLOWED, MISSING);
    let arrange = |folder: &Path| {
        allow(folder, 0o555);
        folder.join("new/runs.db")
    };
    check("a new folder in a read-only one", arrange, NOT_ALLOWED, MISSING);
}

#[test]
fn a_file_that_may_not_be_written_is_told() {
    let arrange = |folder: &Path| {
        let path = store_in(folder);
        allow(&path, 0o444);
        path
    };
    check("a read-only file", arrange, NOT_ALLOWED, NOT_ALLOWED);
}

#[test]
fn a_folder_that_cannot_be_is_told() {
    let part = "a part of the path is a file";
    let arrange = |folder: &Path| {
        std::fs::write(folder.join("letter"), "dear reader").unwrap();
        folder.join("letter/runs.db")
    };
    check("a file for a folder", arrange, part, part);
    let arrange = |folder: &Path| {
        std::fs::write(folder.join("letter"), "dear reader").unwrap();
        folder.join("letter/new/runs.db")
    };
    check("a file above the folder", arrange, part, part);
    let part = "it is a folder";
    check("a folder for a file", Path::to_owned, part, part);
}
