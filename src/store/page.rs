//! What is written to a store and read from it.

use chrono::{DateTime, Utc};

use super::NoteName;
use crate::record::{Configuration, Hash, Parent, Position, Record, RunId, Snapshot, Version};

/// Records to add to the end of a run's history.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Append {
    /// The run.
    pub run: RunId,
    /// The hash of the record with which the history ends, [`Hash::NONE`] to start the run.
    pub after: Hash,
    /// The records. Their versions are consecutive and their hashes a chain that begins at `after`.
    pub records: Vec<Record>,
    /// When the run falls due after them.
    pub due: Option<DateTime<Utc>>,
    /// The declaration of the machine that made them.
    pub declaration: Hash,
    /// The notes in the scope [`Scope::Run`](super::Scope::Run) that the run has after them: others are removed, those that
    /// are there stay as they are, and missing ones are written, with the body `null` and due at the time of the last
    /// record. `None` leaves all notes of the run as they are.
    pub standing: Option<Vec<NoteName>>,
}

impl Append {
    /// Records after the one with the hash `after`. The run does not fall due.
    #[must_use]
    pub fn new(run: RunId, after: Hash, records: Vec<Record>, declaration: Hash) -> Self {
        Self { run, after, records, due: None, declaration, standing: None }
    }

    /// The run falls due at this time.
    #[must_use]
    pub fn due_at(self, due: Option<DateTime<Utc>>) -> Self {
        Self { due, ..self }
    }

    /// The run has these notes after them.
    #[must_use]
    pub fn standing(self, standing: Option<Vec<NoteName>>) -> Self {
        Self { standing, ..self }
    }
}

/// The end of a run's history.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Head {
    /// The run.
    pub run: RunId,
    /// The version of its last record.
    pub version: Version,
    /// The hash of its last record.
    pub hash: Hash,
    /// The configuration of the machine.
    pub configuration: Configuration,
    /// The time of its last record.
    pub time: DateTime<Utc>,
    /// When the run falls due.
    pub due: Option<DateTime<Utc>>,
    /// The declaration of the machine that made the last record.
    pub declaration: Hash,
    /// The record at which the run was forked from another, if it was.
    pub parent: Option<Parent>,
    /// Whether the head is not as it was written. Then only the run's identity can be trusted, if that.
    pub is_damaged: bool,
}

impl Head {
    /// The head after the last of these records; `None` if there are none. Its parent is that of the first record; a store
    /// keeps the one that it has.
    #[must_use]
    pub fn after(append: &Append) -> Option<Self> {
        let last = append.records.last()?;
        Some(Self {
            run: append.run.clone(),
            version: last.version,
            hash: last.hash,
            configuration: last.configuration().clone(),
            time: last.time,
            due: append.due,
            declaration: append.declaration,
            parent: append.records.first().and_then(|first| first.entry.parent()).cloned(),
            is_damaged: false,
        })
    }
}

/// The size of a page. It ends before the record that would exceed a limit, but has at least one record if there is
/// one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PageLimit {
    /// The maximum number of records.
    pub records: usize,
    /// The maximum total length of the entries, in bytes of JSON.
    pub bytes: usize,
}

impl PageLimit {
    /// At most so many records, with at most so many bytes of entries.
    #[must_use]
    pub const fn new(records: usize, bytes: usize) -> Self {
        Self { records, bytes }
    }
}

/// A part of a history.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Page {
    /// The end of the history at the moment of reading; `None` if the run was never started.
    pub head: Option<Head>,
    /// The hash of the record before the first, by which a reader sees that the page continues the history that it
    /// knows; [`Hash::NONE`] if there is none.
    pub after: Hash,
    /// The records.
    pub records: Vec<Record>,
}

impl Page {
    /// A page.
    #[must_use]
    pub fn new(head: Option<Head>, after: Hash, records: Vec<Record>) -> Self {
        Self { head, after, records }
    }

    /// The page of a run that was never started.
    #[must_use]
    pub fn never_started() -> Self {
        Self::new(None, Hash::NONE, Vec::new())
    }

    /// Whether the page reaches the end of the history.
    #[must_use]
    pub fn is_last(&self) -> bool {
        match (&self.head, self.records.last()) {
            (Some(head), Some(last)) => last.version >= head.version,
            _ => true,
        }
    }
}

/// What is needed to go on with a run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Opening {
    /// The last snapshot.
    pub snapshot: Option<Snapshot>,
    /// The first page. It begins with the record of the snapshot's version, which proves the snapshot, or with the
    /// first record of the run.
    pub page: Page,
}

impl Opening {
    /// A snapshot, and the page that begins with its record.
    #[must_use]
    pub fn new(snapshot: Option<Snapshot>, page: Page) -> Self {
        Self { snapshot, page }
    }
}

/// A record in the log of all runs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Logged {
    /// The position of the record.
    pub position: Position,
    /// The run.
    pub run: RunId,
    /// The record.
    pub record: Record,
}

impl Logged {
    /// A record at a position.
    #[must_use]
    pub fn new(position: Position, run: RunId, record: Record) -> Self {
        Self { position, run, record }
    }
}

/// When a run falls due.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// The time.
    pub time: DateTime<Utc>,
    /// The run.
    pub run: RunId,
}
