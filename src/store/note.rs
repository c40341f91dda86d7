//! Small values beside the log: requests for a gate, cursors, leases, tokens.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;

use crate::record::{Hash, RunId};
use crate::text;

/// Where a note stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scope {
    /// At the end of a run's history. The note is gone as soon as the run goes on or is removed.
    Head {
        /// The run.
        run: RunId,
        /// The hash of its last record.
        hash: Hash,
    },
    /// With a run, until an append states the standing notes of the run and leaves it out, or the run is removed; see
    /// [`Append::standing`](super::Append::standing).
    Run {
        /// The run.
        run: RunId,
    },
    /// In the store, until it is removed.
    Store,
}

/// A note.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Note {
    /// The name, unique in the scope.
    pub name: NoteName,
    /// Which write made it.
    pub revision: Revision,
    /// What it says, as JSON.
    pub body: Box<RawValue>,
    /// When something has to be done about it.
    pub due: Option<DateTime<Utc>>,
}

impl Note {
    /// A note as a store has read it.
    #[must_use]
    pub fn new(
        name: NoteName,
        revision: Revision,
        body: Box<RawValue>,
        due: Option<DateTime<Utc>>,
    ) -> Self {
        Self { name, revision, body, due }
    }
}

/// A note of a run that is due.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DueNote {
    /// The run.
    pub run: RunId,
    /// The note, in the scope [`Scope::Run`].
    pub note: Note,
}

impl DueNote {
    /// A note of a run.
    #[must_use]
    pub fn new(run: RunId, note: Note) -> Self {
        Self { run, note }
    }
}

/// A change of a note, and the revision at which it must be.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NoteChange {
    /// The name.
    pub name: NoteName,
    /// The revision at which the note must be; `None` if it must not exist.
    pub expected: Option<Revision>,
    /// What it is to say; `None` to remove it.
    pub body: Option<Box<RawValue>>,
    /// When something has to be done about it.
    pub due: Option<DateTime<Utc>>,
}

impl NoteChange {
    /// Writes a new note.
    #[must_use]
    pub fn create(name: NoteName, body: Box<RawValue>) -> Self {
        Self { name, expected: None, body: Some(body), due: None }
    }

    /// Writes over the note of this revision.
    #[must_use]
    pub fn replace(name: NoteName, expected: Revision, body: Box<RawValue>) -> Self {
        Self { name, expected: Some(expected), body: Some(body), due: None }
    }

    /// Removes the note of this revision.
    #[must_use]
    pub fn remove(name: NoteName, expected: Revision) -> Self {
        Self { name, expected: Some(expected), body: None, due: None }
    }

    /// Something has to be done about the note at this time.
    #[must_use]
    pub fn due_at(self, due: Option<DateTime<Utc>>) -> Self {
        Self { due, ..self }
    }
}

/// Which write made a note. Revisions of one store grow and are never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u64);

/// The name of a note: 1 to 255 bytes of printable text, such as `lease/charge/7`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoteName(String);

impl NoteName {
    /// The maximum length of a name, in bytes.
    pub const MAX_LENGTH: usize = 255;

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NoteName {
    type Err = InvalidNoteName;

    fn from_str(name: &str) -> Result<Self, InvalidNoteName> {
        let fits = (1..=Self::MAX_LENGTH).contains(&name.len());
        if fits && !name.contains(text::is_unprintable) {
            Ok(Self(name.to_owned()))
        } else {
            Err(InvalidNoteName(name.to_owned()))
        }
    }
}

impl Display for NoteName {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that cannot name a note.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} cannot name a note; use 1 to 255 bytes of printable text", text::quoted(.0))]
pub struct InvalidNoteName(String);
