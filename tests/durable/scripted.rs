//! A process that writes to its store by a script, goes on after failures, and tells what it is told.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use leverframe::record::{Hash, Record, Version};
use leverframe::store::sqlite::SqliteStore;
use leverframe::store::{Store, StoreError};

use super::{all, append, at_most, chain, name, record, said};

/// Where the file is that the process writes to; it does nothing else.
pub(super) const FILE: &str = "LEVERFRAME_TEST_SCRIPTED";
/// How much each record says beside its name.
pub(super) const FILLER: &str = "LEVERFRAME_TEST_FILLER";

/// Whether it reads once more and ends, as if it were killed, when an append is refused.
pub(super) const ENDS: &str = "LEVERFRAME_TEST_ENDS";

/// How often it appends.
pub(super) const APPENDS: usize = 30;

/// What an append was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) number: usize,
    /// The version of the first record.
    pub(super) version: usize,
    /// `Kept`, or the name of the error.
    pub(super) answer: String,
    /// The error, with all that is behind it.
    pub(super) cause: String,
}

impl Told {
    /// Reads a line of the process, with which the name of its test may be.
    pub(super) fn read(line: &str) -> Option<Self> {
        let mut parts = line.split_once("told ")?.1.trim_end().splitn(4, ' ');
        let mut next = || parts.next();
        Some(Self {
            number: next()?.parse().ok()?,
            version: next()?.parse().ok()?,
            answer: next()?.to_owned(),
            cause: next()?.to_owned(),
        })
    }

    pub(super) fn is_kept(&self) -> bool {
        self.answer == "Kept"
    }

    /// How many records are acknowledged.
    pub(super) fn kept(&self) -> usize {
        if self.is_kept() { texts(self.number).count() } else { 0 }
    }
}

/// What the records of one append say: one to three records, which are added together.
fn texts(number: usize) -> impl Iterator<Item = String> {
    (0..=number % 3).map(move |part| format!("n{number}.{part}"))
}

/// The process, in words that the caller may still change.
pub(super) fn command(program: impl AsRef<OsStr>, arguments: &[&str], file: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).arg(std::env::current_exe().unwrap());
    command.args(["--exact", "durable::scripted::writer", "--nocapture", "--test-threads", "1"]);
    command.env(FILE, file).stdin(Stdio::null()).stdout(Stdio::null());
    command
}

/// Lets the process run to its end, and reads what it tells: how it could not open its store, and its appends.
pub(super) fn run(mut command: Command) -> (Vec<String>, Vec<Told>) {
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "the process itself failed: {text}");
    let closed = text.lines().filter_map(|line| Some(line.split_once("closed ")?.1.to_owned()));
    (closed.collect(), text.lines().filter_map(Told::read).collect())
}

#[test]
fn writer() {
    let Some(file) = std::env::var_os(FILE).map(PathBuf::from) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(write(&file));
}

async fn write(file: &Path) {
    let filler = std::env::var(FILLER).map_or(0, |length| length.parse().unwrap());
    let filler = format!("-{}", "x".repeat(filler));
    let (main, mut end, mut version) = (name("main"), Hash::NONE, 0);
    let mut open = None;
    for number in 0..APPENDS {
        if number % 12 == 11 {
            // Its end moves the log into the file.
            open = None;
        }
        let store = match open.take().map_or_else(|| SqliteStore::open(file), Ok) {
            Ok(store) => open.insert(store),
            Err(error) => {
                tell(&format!("closed {}", chain(&error)));
                continue;
            }
        };
        let mut added: Vec<Record> = Vec::new();
        for text in texts(number) {
            let last = added.last().map_or(end, |record| record.hash);
            let next = version + added.len() as u64;
            added.push(record(&last, next, &(text + &filler), None));
        }
        let last = added.last().unwrap().hash;
        let count = added.len() as u64;
        let done = append(store, &main, end, added).await;
        let (answer, cause) = match &done {
            Ok(_) => ("Kept", String::from("-")),
            Err(error) => (kind(error), chain(error)),
        };
        tell(&format!("told {number} {version} {answer} {cause}"));
        if done.is_ok() {
            (end, version) = (last, version + count);
            continue;
        }
        if std::env::var_os(ENDS).is_some() {
            match all(store, &main).await {
                Ok(records) => tell(&format!("found {}", records.len())),
                Err(error) => tell(&format!("closed {}", chain(&error))),
            }
            std::process::exit(0);
        }
        match store.load(&main, Version(version), at_most(1000)).await {
            Ok(page) => {
                if let Some(last) = page.records.last() {
                    (end, version) = (last.hash, last.version.0 + 1);
                }
            }
            Err(error) => tell(&format!("closed {}", chain(&error))),
        }
    }
}

fn kind(error: &StoreError) -> &'static str {
    match error {
        StoreError::Conflict { .. } => "Conflict",
        StoreError::Indeterminate(_) => "Indeterminate",
        StoreError::Poisoned(_) => "Poisoned",
        StoreError::Unavailable(_) => "Unavailable",
        error => panic!("{}", chain(error)),
    }
}

/// In one write, so that whoever traces the process reads it whole.
fn tell(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}

/// Opens what the process has left, and looks whether it is as the process was told. Answers how many records there
/// are.
pub(super) fn look(file: &Path, told: &[Told]) -> Result<usize, String> {
    let store = SqliteStore::open(file).map_err(|error| chain(&error))?;
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let records = runtime.block_on(all(&store, &name("main"))).map_err(|error| chain(&error))?;
    let found: Vec<String> = records.iter().map(said).collect();
    let found: Vec<&str> = found.iter().map(|said| said.split('-').next().unwrap()).collect();
    let mut expected = 0;
    for number in 0..APPENDS {
        let texts: Vec<String> = texts(number).collect();
        let there = found.iter().filter(|found| texts.iter().any(|text| text == *found)).count();
        let told = told.iter().find(|told| told.number == number);
        match told {
            Some(told) if told.is_kept() => {
                let kept = found.get(told.version..told.version + texts.len());
                if kept.is_none_or(|kept| kept != texts) {
                    return Err(format!("record {} is lost: {found:?}", told.version));
                }
            }
            // It was under way, or nobody knows.
            None if there == 0 || there == texts.len() => {}
            Some(told) if told.answer == "Indeterminate" && [0, texts.len()].contains(&there) => {}
            Some(told) if told.answer != "Indeterminate" && there == 0 => {}
            _ => return Err(format!("n{number} is told as {told:?}, and there are {there} of it")),
        }
        expected += there;
    }
    if expected == found.len() { Ok(expected) } else { Err(format!("too much: {found:?}")) }
}
