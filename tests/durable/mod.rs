//! Stores at their boundary: what was acknowledged is there, whatever happens.

#[cfg(unix)]
mod backup;
mod contract;
mod damage;
#[cfg(target_os = "linux")]
mod disk;
#[cfg(target_os = "linux")]
mod failing;
mod file;
mod follow;
#[cfg(target_os = "linux")]
mod full;
mod harness;
mod import;
mod load;
mod notes;
#[cfg(target_os = "linux")]
mod power;
mod refused;
#[cfg(unix)]
mod replaced;
mod restore;
#[cfg(unix)]
mod scripted;
#[cfg(unix)]
mod short;
mod snapshots;
mod storm;
mod subscriber;
#[cfg(unix)]
mod unwritable;
pub(crate) mod weather;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use leverframe::caller::Principal;
use leverframe::record::{
    Configuration, Entry, Hash, Position, Program, Record, RequestKey, RunId, Version,
};
use leverframe::store::{Append, PageLimit, Store, StoreError};
use serde_json::value::to_raw_value;

/// A folder that goes when its value goes.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!(
            "leverframe-it-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.join("runs.db")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left in the folder for temporary files does no harm.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl AsRef<Path> for Folder {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

pub(crate) fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
}

/// The run of the local user with this name.
fn name(text: &str) -> RunId {
    RunId::new(Principal::LOCAL, text.parse().unwrap())
}

fn key(text: &str) -> RequestKey {
    RequestKey::try_from(text.to_owned()).unwrap()
}

/// The declaration of the machine that makes the records.
fn declaration() -> Hash {
    Hash::of(&[b"declaration"])
}

/// A record that says `text`.
fn record(previous: &Hash, version: u64, text: &str, key: Option<RequestKey>) -> Record {
    let raw = to_raw_value(&serde_json::json!({"say": {"text": text}})).unwrap();
    let open = || Configuration::of("OPEN");
    let entry = if version == 0 {
        let program = Program::new(Hash::of(&[b"chart"]), declaration());
        Entry::started("Talk", program, open(), raw)
    } else {
        Entry::applied(raw, open(), open(), true)
    };
    let time = at(i64::try_from(version).unwrap());
    Record::new(previous, Version(version), time, Principal::LOCAL.into(), key, entry)
}

/// A chain of records with the versions `from..from + count`.
fn records(previous: &Hash, from: u64, count: u64, text: &str) -> Vec<Record> {
    let mut previous = *previous;
    (from..from + count)
        .map(|version| {
            let record = record(&previous, version, text, None);
            previous = record.hash;
            record
        })
        .collect()
}

/// What a record says.
fn said(record: &Record) -> String {
    let (Entry::Started { context: raw, .. } | Entry::Applied { event: raw, .. }) = &record.entry
    else {
        panic!("{record:?}")
    };
    let value: serde_json::Value = serde_json::from_str(raw.get()).unwrap();
    value["say"]["text"].as_str().unwrap().to_owned()
}

/// Records to append after a hash.
fn after(run: &RunId, after: Hash, records: Vec<Record>) -> Append {
    Append::new(run.clone(), after, records, declaration())
}

async fn append(
    store: &dyn Store,
    run: &RunId,
    hash: Hash,
    records: Vec<Record>,
) -> Result<Position, StoreError> {
    store.append(after(run, hash, records)).await
}

/// A page of at most so many records.
const fn at_most(records: usize) -> PageLimit {
    PageLimit::new(records, usize::MAX)
}

async fn all(store: &dyn Store, run: &RunId) -> Result<Vec<Record>, StoreError> {
    Ok(store.load(run, Version::START, at_most(1_000_000)).await?.records)
}

/// An error with all that is behind it, as the command line tells it.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Tells in one line what a test did, for who runs it with `--nocapture`.
pub(crate) fn report(test: &str, did: &str) {
    eprintln!("durable: {test}: {did}");
}

/// Whether strace is here, which lets calls to the disk fail, and writes them down. CI does not go without.
#[cfg(target_os = "linux")]
fn has_strace() -> bool {
    use std::process::{Command, Stdio};
    let here = Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_ok();
    assert!(here || std::env::var_os("CI").is_none(), "install `strace`");
    if !here {
        eprintln!("skipped: install `strace` to let the disk fail");
    }
    here
}
