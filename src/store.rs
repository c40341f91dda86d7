//! Where histories are kept.
//!
//! A store is a log of records, and knows no machine: whoever reads a history applies it. It promises that an
//! acknowledged record stays as it is, that no version of a run is given twice, and that a reader who follows the log
//! by positions misses nothing.

mod archive;
mod import;
mod note;
mod page;

pub mod memory;
pub mod sqlite;

use std::future::ready;
use std::path::Path;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use serde::Serialize;
use tokio::sync::watch;

pub use self::archive::{Archive, ArchiveError, LineFault, Records, export};
pub use self::import::Import;
pub use self::note::{DueNote, InvalidNoteName, Note, NoteChange, NoteName, Revision, Scope};
pub use self::page::{Append, Due, Head, Logged, Opening, Page, PageLimit};
use crate::caller::Principal;
use crate::record::{Actor, Hash, Position, Record, RequestKey, RunId, Snapshot, Version};

/// The answer of a store, in the future.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// A place for histories.
///
/// Every method may fail with [`StoreError::Unavailable`] or [`StoreError::Poisoned`], and every method that reads with
/// [`StoreError::Corrupt`] or [`StoreError::Damaged`]. Damage to one run concerns that run alone.
///
/// # Positions
///
/// Each record has a [`Position`]. A record becomes visible to readers only after all records with smaller positions
/// have become visible, and no position is used twice, not even after a run was removed. So a reader who has seen
/// position *p* never meets a smaller one later, and [`log`](Self::log) from *p* on misses nothing. A store with
/// several writers keeps this by giving out positions in the order of its commits: SQLite under the one write lock of
/// the file, a server by a lock around position and commit, or by hiding records above the oldest open transaction.
pub trait Store: Send + Sync + 'static {
    /// Adds records to the end of a run's history, all of them or none. The answer is the position of the last one.
    /// Acknowledged records survive the end of the process and, unless the store is in memory, of the machine.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] if the history ends elsewhere, or has a record of the same actor with one of the request
    /// keys; [`StoreError::Indeterminate`] if it is unknown whether they were added.
    fn append(&self, append: Append) -> Answer<'_, Position>;

    /// Adds a run with its whole history, all of it or nothing. The answer is the position of the last record. The default
    /// holds all records in memory.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] if there is such a run; [`StoreError::Import`] if reading the records fails, there are none,
    /// or two of the same actor have one request key; [`StoreError::Indeterminate`] if it is unknown whether they were
    /// added.
    fn import(&self, import: Import) -> Answer<'_, Position> {
        let Import { run, records, due, declaration, standing } = import;
        Box::pin(async move {
            let records: Vec<Record> =
                records.collect::<Result<_, _>>().map_err(StoreError::Import)?;
            if records.is_empty() {
                return Err(StoreError::Import("it has no records".into()));
            }
            let append = Append::new(run, Hash::NONE, records, declaration);
            match self.append(append.due_at(due).standing(standing)).await {
                Err(StoreError::Conflict { actual: None }) => {
                    Err(StoreError::Import("two records have one request key".into()))
                }
                done => done,
            }
        })
    }

    /// Reads what is needed to go on with a run: its snapshot, and the first page of the records after the snapshot, or
    /// from the beginning if there is none. All of it is from one moment. A damaged snapshot counts as none.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    fn open<'a>(&'a self, run: &'a RunId, limit: PageLimit) -> Answer<'a, Opening>;

    /// Reads a page of the records of a run, beginning with the version `from`. A run that was never started has none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] if a record is not as it was written.
    fn load<'a>(&'a self, run: &'a RunId, from: Version, limit: PageLimit) -> Answer<'a, Page>;

    /// Reads the record that a request of `principal` made.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    fn keyed<'a>(
        &'a self,
        run: &'a RunId,
        principal: &'a Principal,
        key: &'a RequestKey,
    ) -> Answer<'a, Option<Record>>;

    /// Reads a page of the log of all runs: the records after the position `after`, in the order of their positions.
    /// Records of removed runs are left out.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    fn log(&self, after: Position, limit: PageLimit) -> Answer<'_, Vec<Logged>>;

    /// Reads the heads of at most `limit` runs, of all owners or of one, in the order of owner and name, beginning
    /// after `after`.
    fn heads<'a>(
        &'a self,
        owner: Option<&'a Principal>,
        after: Option<&'a RunId>,
        limit: usize,
    ) -> Answer<'a, Vec<Head>>;

    /// Counts the runs of an owner, damaged ones too.
    fn count<'a>(&'a self, owner: &'a Principal) -> Answer<'a, u64>;

    /// Reads the head of a run.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] if the head is not as it was written.
    fn head<'a>(&'a self, run: &'a RunId) -> Answer<'a, Option<Head>>;

    /// Reads when runs fall due, at most `limit`, in the order of time and run, beginning after `after`.
    fn due<'a>(&'a self, after: Option<&'a Due>, limit: usize) -> Answer<'a, Vec<Due>>;

    /// Keeps a snapshot, later or never: nothing waits for it and nothing but time depends on it.
    fn keep(&self, run: &RunId, snapshot: Snapshot);

    /// Reads the notes of a scope, in the order of their names.
    fn notes<'a>(&'a self, scope: &'a Scope) -> Answer<'a, Vec<Note>>;

    /// Reads which runs have a note at their head whose name begins with `prefix`, in the order of owner and name.
    fn noted<'a>(&'a self, prefix: &'a str) -> Answer<'a, Vec<RunId>>;

    /// Reads the notes of runs that are due at `time` or before, the first of them first, at most `limit`. A damaged note
    /// is left out.
    fn due_notes(&self, time: DateTime<Utc>, limit: usize) -> Answer<'_, Vec<DueNote>>;

    /// Reads when the first note of a run falls due after `time`.
    fn next_due_note(&self, time: DateTime<Utc>) -> Answer<'_, Option<DateTime<Utc>>>;

    /// Writes or removes a note, if it is as the change expects. The answer is the new revision; the revision of a note
    /// that was removed is never used again.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoteConflict`] if the note is at another revision; [`StoreError::Conflict`] if the scope is the
    /// head of a run and the run's history ends elsewhere, or the run of the scope does not exist.
    fn note<'a>(&'a self, scope: &'a Scope, change: NoteChange) -> Answer<'a, Revision>;

    /// Removes a run with all its records, also a damaged one. A tombstone stays; the name is free again.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] if there is no such run.
    fn remove<'a>(&'a self, run: &'a RunId, removal: Removal) -> Answer<'a, Tombstone>;

    /// Reads the tombstones of removed runs, in the order of removal.
    fn tombstones(&self) -> Answer<'_, Vec<Tombstone>>;

    /// The position of the last visible record, or an earlier one for a short time. It changes after every append, by
    /// whichever process, and after every removal; several changes may show as one. It ends with the store.
    fn watch(&self) -> watch::Receiver<Position>;

    /// Copies the store, as it is at one moment, into a new file at `to`, while others read and write it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Backup`] if this kind of store has no backup, or the file exists or cannot be written. Nothing is
    /// left behind then.
    fn backup<'a>(&'a self, to: &'a Path) -> Answer<'a, ()> {
        let _ = to;
        let error =
            "this kind of store has no backup; use a store in a file, or the tools of its server";
        Box::pin(ready(Err(StoreError::Backup(error.into()))))
    }
}

/// Who removes a run, and when.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Removal {
    /// Who.
    pub actor: Actor,
    /// When.
    pub time: DateTime<Utc>,
}

impl Removal {
    /// A removal by `actor` at `time`.
    #[must_use]
    pub fn new(actor: Actor, time: DateTime<Utc>) -> Self {
        Self { actor, time }
    }
}

/// What stays of a removed run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Tombstone {
    /// The run.
    pub run: RunId,
    /// The version of its last record.
    pub version: Version,
    /// The hash of its last record.
    pub hash: Hash,
    /// Who removed it.
    pub actor: Actor,
    /// When it was removed.
    pub time: DateTime<Utc>,
}

impl Tombstone {
    /// The tombstone of a run that ended with the record of `version`, whose hash is `hash`.
    #[must_use]
    pub fn new(run: RunId, version: Version, hash: Hash, removal: Removal) -> Self {
        let Removal { actor, time } = removal;
        Self { run, version, hash, actor, time }
    }
}

/// Why a store did not do what was requested.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The history ends elsewhere than the request assumes. Nothing was added; read again.
    #[error("{}", conflict(*actual))]
    Conflict {
        /// The version of the run; `None` if it was never started.
        actual: Option<Version>,
    },
    /// The note is at another revision than the change expects. Nothing was written; read again.
    #[error("the note was changed by another caller; read it again")]
    NoteConflict {
        /// The revision of the note; `None` if there is none.
        actual: Option<Revision>,
    },
    /// It is unknown whether the records were added. Read again: all are there, or none.
    #[error(
        "the store failed during a write; read the run again to see whether the event was recorded"
    )]
    Indeterminate(#[source] Cause),
    /// The store failed during a write and cannot be opened again. Nothing is read or added until it can.
    #[error(
        "the store has failed and cannot be opened again; fix the cause, or restart the program"
    )]
    Poisoned(#[source] Cause),
    /// The store cannot be used now. Nothing was added; try again.
    #[error("the store of runs is not available")]
    Unavailable(#[source] Cause),
    /// A record of a run, or its head, is not as it was written. The run stops there; other runs go on.
    #[error("record {version} of the run `{}` is corrupt; restore a backup, or remove the run", run.name)]
    Corrupt {
        /// The run.
        run: RunId,
        /// The first record that is not as it was written.
        version: Version,
    },
    /// The store as a whole is not as it was written.
    #[error("the store is damaged; restore a backup")]
    Damaged(#[source] Cause),
    /// The history could not be read. Nothing was added.
    #[error("the run was not imported")]
    Import(#[source] Cause),
    /// There is no backup. Nothing was left behind.
    #[error("the backup was not made")]
    Backup(#[source] Cause),
}

/// The cause of an error of a store.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

fn conflict(actual: Option<Version>) -> String {
    match actual {
        Some(version) => format!("the run is already at version {version}"),
        None => "the run was never started".to_owned(),
    }
}
