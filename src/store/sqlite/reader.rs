//! The thread that reads.

use std::collections::HashSet;
use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::mpsc;

use super::super::StoreError;
use super::guard::Guard;
use super::head::Sealed;
use super::value::failed;

/// A question to the thread that reads.
pub(super) type Question = Box<dyn FnOnce(&mut Reader) + Send>;

/// The connection that reads.
pub(super) struct Reader {
    connection: Connection,
    guard: Arc<Guard>,
    warned: Warned,
}

impl Reader {
    pub(super) fn new(connection: Connection, guard: Arc<Guard>) -> Self {
        Self { connection, guard, warned: Warned::default() }
    }

    /// Answers until nobody can ask any more.
    pub(super) fn work(&mut self, mut questions: mpsc::Receiver<Question>) {
        while let Some(question) = questions.blocking_recv() {
            question(self);
        }
    }

    /// Reads at one moment of the file, whoever else writes.
    pub(super) fn read<T>(
        &mut self,
        question: impl FnOnce(&Connection, &mut Warned) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let moment = self.connection.transaction().map_err(failed)?;
        let answer = question(&moment, &mut self.warned);
        // Afterwards, so that an answer is never from another file.
        self.guard.check(&moment)?;
        answer
    }
}

/// The damaged runs that were logged.
#[derive(Default)]
pub(super) struct Warned(HashSet<i64>);

impl Warned {
    /// Logs a damaged run, once.
    pub(super) fn warn(&mut self, found: &Sealed) {
        if self.0.insert(found.id) {
            let error = found.corrupt();
            tracing::error!(%error, "a run is not looked at when it falls due");
        }
    }
}
