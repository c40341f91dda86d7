//! Short writes: a limit on the size of files makes the write that crosses it end there, and all further ones fail.

use std::path::Path;
use std::process::Command;

use leverframe::record::Hash;
use leverframe::store::sqlite::SqliteStore;

use super::scripted::{self, APPENDS, FILLER, Told};
use super::weather::rounds;
use super::{Folder, append, name, records, report};

/// What `ulimit -f` counts in.
const BLOCK: usize = 512;

/// The script, with files of at most so many blocks. Where that is exceeded, the write is to fail, and not the process.
fn limited(program: &str, arguments: &[&str], blocks: usize, file: &Path) -> Command {
    let limit = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let arguments = [arguments, &["sh", "-c", &limit]].concat();
    let mut command = match program {
        "sh" => scripted::command("sh", &arguments[1..], file),
        program => scripted::command(program, &arguments, file),
    };
    // Bash counts in other blocks, unless it is told to do as POSIX says.
    command.env("POSIXLY_CORRECT", "1").env(FILLER, "300");
    command
}

/// What the runs under all limits came to.
#[derive(Default)]
struct Sum {
    runs: usize,
    failed: usize,
    refused: usize,
    recovered: usize,
}

impl Sum {
    /// Adds a run, of which nothing that was acknowledged may be lost, and nothing that was refused be there. Says
    /// whether a write failed.
    fn add(&mut self, file: &Path, blocks: usize, closed: &[String], told: &[Told]) -> bool {
        scripted::look(file, told)
            .unwrap_or_else(|wrong| panic!("{blocks} blocks: {wrong}; the process: {told:?}"));
        assert!(told.len() == APPENDS || !closed.is_empty(), "{blocks} blocks: {told:?}");
        let refused = told.iter().filter(|told| !told.is_kept()).count();
        let first = told.iter().position(|told| !told.is_kept());
        let later = first.map_or(&[][..], |first| &told[first..]);
        let has_failed = refused > 0 || !closed.is_empty();
        self.runs += 1;
        self.failed += usize::from(has_failed);
        self.refused += refused + closed.len();
        self.recovered += usize::from(later.iter().any(Told::is_kept));
        has_failed
    }

    fn report(&self, what: &str) {
        let Self { runs, failed, refused, recovered } = self;
        report(
            "short writes",
            &format!(
                "{what}: {runs} limits, {failed} processes failed, {refused} appends refused, \
                 {recovered} processes went on, 0 records lost"
            ),
        );
        assert!(*failed > 0, "no write was ever short");
    }
}

/// Limits that are less than a page apart, so that the write of each page is the short one once.
fn limits() -> impl Iterator<Item = usize> {
    (1..).step_by(rounds(7, 1))
}

/// A store that the process makes: the making, the log and the file itself exceed the limit.
#[test]
fn a_short_write_loses_nothing() {
    let mut sum = Sum::default();
    for blocks in limits() {
        let folder = Folder::new();
        let (closed, told) = scripted::run(limited("sh", &[], blocks, &folder.file()));
        if !sum.add(&folder.file(), blocks, &closed, &told) {
            break;
        }
    }
    sum.report("a new store");
}

/// A store that another process has open, so that the log begins within the limit and goes on to it.
#[test]
fn a_short_write_beside_others_loses_nothing() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut sum = Sum::default();
    for blocks in limits() {
        let folder = Folder::new();
        let other = SqliteStore::open(&folder.file()).unwrap();
        let before = records(&Hash::NONE, 0, 3, "before");
        runtime.block_on(append(&other, &name("other"), Hash::NONE, before)).unwrap();
        let (closed, told) = scripted::run(limited("sh", &[], blocks, &folder.file()));
        let has_failed = sum.add(&folder.file(), blocks, &closed, &told);
        drop(other);
        scripted::look(&folder.file(), &told).unwrap();
        if !has_failed {
            break;
        }
    }
    sum.report("a store in use");
}

/// The limit does what these tests take it to do.
#[cfg(target_os = "linux")]
#[test]
fn the_limit_makes_writes_short() {
    if !super::has_strace() {
        return;
    }
    let (mut short, mut files) = (0, std::collections::BTreeSet::new());
    let tried: Vec<usize> = (66..190).step_by(rounds(16, 2)).collect();
    for blocks in &tried {
        let folder = Folder::new();
        let log = folder.0.join("log");
        let arguments = ["-f", "-qq", "-y", "-s", "1", "-e", "trace=pwrite64", "-o"];
        let arguments = [&arguments[..], &[log.to_str().unwrap()]].concat();
        let (closed, told) = scripted::run(limited("strace", &arguments, *blocks, &folder.file()));
        scripted::look(&folder.file(), &told).unwrap();
        let log = std::fs::read_to_string(log).unwrap();
        let short_here = log.lines().filter_map(|line| short_write(line, *blocks));
        let before = short;
        for file in short_here {
            short += 1;
            files.insert(file);
        }
        assert!(short > before || closed.is_empty(), "{blocks} blocks: {log}");
    }
    let files: Vec<_> = files.into_iter().collect();
    report(
        "short writes",
        &format!("strace saw {short} under {} limits, of {}", tried.len(), files.join(", ")),
    );
    assert!(short >= tried.len() / 2, "{short} of {tried:?}");
}

/// The file of a write that ended at the limit, short of what it was to write.
#[cfg(target_os = "linux")]
fn short_write(line: &str, blocks: usize) -> Option<String> {
    let (path, rest) = line.split_once("pwrite64(")?.1.split_once('<')?.1.split_once('>')?;
    let (arguments, written) = rest.rsplit_once(") = ")?;
    let mut numbers = arguments.rsplit(", ").map(str::parse::<usize>);
    let (offset, length) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    let written: usize = written.split(' ').next()?.parse().ok()?;
    let is_short = written < length && offset + written == blocks * BLOCK;
    is_short.then(|| path.rsplit('/').next().map(str::to_owned))?
}
