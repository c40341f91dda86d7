//! Where histories are kept.
//!
//! A store knows records, not machines: whoever reads a history applies it. All that it promises is that an
//! acknowledged record stays as it is, and that no version of a run is ever given twice.

pub mod gate;
pub mod memory;
pub mod sqlite;

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use self::gate::{Denial, GateRequest};
use crate::record::{Hash, Principal, Record, RequestKey, RunName, Version};

/// What a store answers in time.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// A place for histories.
///
/// Every method may fail with [`StoreError::Unavailable`] or [`StoreError::Poisoned`], and every one that reads with
/// [`StoreError::Corrupt`].
pub trait Store: Send + Sync + 'static {
    /// Adds records to the end of a run's history: all of them, or none. Once it says so, they survive whatever
    /// happens to the process, and, where the store is not one in memory, to the machine.
    ///
    /// The versions of the records are consecutive and their hashes a chain. They are taken where the history ends
    /// before the first of them, by the record with the hash `after`; version 0, after [`Hash::NONE`], starts the run.
    /// `due` is when the run falls due next, which [`due`](Self::due) tells.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`], where the history ends elsewhere or has a record with one of the request keys;
    /// [`StoreError::Indeterminate`], where it is not known whether they were added.
    fn append<'a>(
        &'a self,
        run: &'a RunName,
        after: Hash,
        records: Vec<Record>,
        due: Option<DateTime<Utc>>,
    ) -> Answer<'a, ()>;

    /// Reads at most `limit` records of a run, beginning with the version `from`. A run that was never started has
    /// none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`], where a record is not as it was written.
    fn load<'a>(&'a self, run: &'a RunName, from: Version, limit: usize) -> Answer<'a, Page>;

    /// Reads the record that was made for a request.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    fn keyed<'a>(&'a self, run: &'a RunName, key: &'a RequestKey) -> Answer<'a, Option<Record>>;

    /// Reads the heads of at most `limit` runs, in the order of their names, beginning after the name `after`.
    ///
    /// # Errors
    ///
    /// As every method.
    fn heads<'a>(&'a self, after: Option<&'a RunName>, limit: usize) -> Answer<'a, Vec<Head>>;

    /// Reads when runs fall due, at most `limit` that do, in the order of their times and names, beginning after `after`.
    ///
    /// # Errors
    ///
    /// As every method.
    fn due<'a>(&'a self, after: Option<&'a Due>, limit: usize) -> Answer<'a, Vec<Due>>;

    /// Reads the last snapshot of a run that was kept. One that is damaged is none.
    ///
    /// # Errors
    ///
    /// As every method.
    fn snapshot<'a>(&'a self, run: &'a RunName) -> Answer<'a, Option<Snapshot>>;

    /// Keeps a snapshot, soon or never: nothing waits for it, and nothing but time depends on it.
    fn keep(&self, run: &RunName, snapshot: Snapshot);

    /// Keeps a request for an event on which a person has to decide. It stands as long as the history ends with the
    /// record `after`. One that stands already is left as it is.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`], where the history ends elsewhere.
    fn ask<'a>(&'a self, run: &'a RunName, after: Hash, request: GateRequest) -> Answer<'a, ()>;

    /// Reads the requests that stand, denied ones too, in the order in which they were made.
    ///
    /// # Errors
    ///
    /// As every method.
    fn asked<'a>(&'a self, run: &'a RunName) -> Answer<'a, Vec<GateRequest>>;

    /// Keeps that a person has denied the request with the id `request`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`], where no such request stands, or it was denied before.
    fn deny<'a>(&'a self, run: &'a RunName, request: Hash, denial: Denial) -> Answer<'a, ()>;

    /// Removes a run with all of its records. A tombstone stays; the name is free again.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`], where there is no such run.
    fn remove<'a>(&'a self, run: &'a RunName, removal: Removal) -> Answer<'a, Tombstone>;

    /// Reads what is left of the runs that were removed, in the order of their removal.
    ///
    /// # Errors
    ///
    /// As every method.
    fn tombstones(&self) -> Answer<'_, Vec<Tombstone>>;

    /// A counter that moves when something was appended or removed, by whomever. It is a hint: changes may be told
    /// late, together, or where there were none.
    fn watch(&self) -> watch::Receiver<u64>;
}

/// A part of a history.
#[derive(Debug, Clone)]
pub struct Page {
    /// The hash of the record before the first, by which a reader sees that it goes on with the history that it knows;
    /// [`Hash::NONE`] where there is none.
    pub after: Hash,
    /// The records.
    pub records: Vec<Record>,
}

/// The end of a run's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The run.
    pub run: RunName,
    /// The version of its last record.
    pub version: Version,
    /// The state in which it is, as on the wire.
    pub state: String,
    /// The time of its last record.
    pub time: DateTime<Utc>,
    /// When the run falls due.
    pub due: Option<DateTime<Utc>>,
}

/// When a run falls due.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// The time.
    pub time: DateTime<Utc>,
    /// The run.
    pub run: RunName,
}

/// What replaying a history up to a version leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The version.
    pub version: Version,
    /// The hash of the record of that version.
    pub hash: Hash,
    /// State, context and history memory, as canonical JSON.
    pub body: String,
    /// When the state and the superstates around it were entered, from the inside out.
    pub entered: Vec<Entered>,
}

/// When a state or superstate was entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entered {
    /// The state, as on the wire.
    pub state: Cow<'static, str>,
    /// The time of the record that entered it.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub time: DateTime<Utc>,
    /// The timeouts that have come since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spent: Vec<Cow<'static, str>>,
}

impl Snapshot {
    /// The hash of the body, which tells two machines apart.
    #[must_use]
    pub fn digest(&self) -> Hash {
        Hash::of(&[self.body.as_bytes()])
    }

    /// The hash of all of it, by which a store sees that it is as it was kept.
    fn seal(&self) -> Hash {
        let (version, entered) = (self.version.0.to_be_bytes(), self.entered());
        Hash::of(&[&version, &self.hash.0, self.body.as_bytes(), entered.as_bytes()])
    }

    /// When states were entered, as JSON.
    fn entered(&self) -> String {
        serde_json::to_string(&self.entered).expect("it has only keys that are texts")
    }
}

/// Who removes a run, and when.
#[derive(Debug, Clone)]
pub struct Removal {
    /// Who.
    pub actor: Principal,
    /// When.
    pub time: DateTime<Utc>,
}

/// What is left of a run that was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tombstone {
    /// The run.
    pub run: RunName,
    /// The version of its last record.
    pub version: Version,
    /// The hash of its last record.
    pub hash: Hash,
    /// Who removed it.
    pub actor: Principal,
    /// When it was removed.
    pub time: DateTime<Utc>,
}

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The history ends elsewhere than what is to be added supposes. Nothing was added; read again.
    #[error("{}", conflict(*actual))]
    Conflict {
        /// The version at which the run is; `None` where it was never started.
        actual: Option<Version>,
    },
    /// Whether the records were added is not known. Read again: they are there, all or none.
    #[error(
        "the store failed while it wrote; whether the event was recorded shows when the run is read again"
    )]
    Indeterminate(#[source] Cause),
    /// The store has failed while it wrote, and cannot be opened again. Nothing was added, and nothing is added or read
    /// until it can.
    #[error(
        "the store has failed and cannot be opened again; mend the cause, or start the program again"
    )]
    Poisoned(#[source] Cause),
    /// The store cannot be used now. Nothing was added; try again.
    #[error("the store of runs is not available")]
    Unavailable(#[source] Cause),
    /// A history is not as it was written. Nothing goes on from there.
    #[error("{}; go back to a backup, or remove the run", damage(run, *version))]
    Corrupt {
        /// The run.
        run: RunName,
        /// The first record that is not as it was written.
        version: Version,
    },
    /// The store as a whole is not as it was written.
    #[error("the store is damaged; go back to a backup")]
    Damaged(#[source] Cause),
}

/// What lies behind an error of a store.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

fn conflict(actual: Option<Version>) -> String {
    match actual {
        Some(version) => format!("the run is at version {version} already"),
        None => "the run was never started".to_owned(),
    }
}

fn damage(run: &RunName, version: Version) -> String {
    format!("record {version} of the run `{run}` is not as it was written")
}
