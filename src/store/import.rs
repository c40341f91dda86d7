//! A whole history that is written to a store at once.

use std::fmt::{self, Debug, Formatter};

use chrono::{DateTime, Utc};

use super::{Cause, NoteName};
use crate::record::{Hash, Record, RunId};

/// A whole history, from its first record on, which is read while it is written.
#[non_exhaustive]
pub struct Import {
    /// The run, which must not exist.
    pub run: RunId,
    /// The records. Their versions are consecutive and their hashes a chain that begins at [`Hash::NONE`]. An error ends
    /// the import.
    pub records: Box<dyn Iterator<Item = Result<Record, Cause>> + Send>,
    /// When the run falls due after them.
    pub due: Option<DateTime<Utc>>,
    /// The declaration of the machine that made the last of them.
    pub declaration: Hash,
    /// The notes of the run after them; see [`Append::standing`](super::Append::standing).
    pub standing: Option<Vec<NoteName>>,
}

impl Import {
    /// A history of a run that does not fall due.
    #[must_use]
    pub fn new(
        run: RunId,
        records: impl Iterator<Item = Result<Record, Cause>> + Send + 'static,
        declaration: Hash,
    ) -> Self {
        Self { run, records: Box::new(records), due: None, declaration, standing: None }
    }

    /// The run falls due at this time.
    #[must_use]
    pub fn due_at(self, due: Option<DateTime<Utc>>) -> Self {
        Self { due, ..self }
    }

    /// The run has these notes.
    #[must_use]
    pub fn standing(self, standing: Option<Vec<NoteName>>) -> Self {
        Self { standing, ..self }
    }
}

impl Debug for Import {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Import").field("run", &self.run).finish_non_exhaustive()
    }
}
