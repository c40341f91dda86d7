//! Snapshots, which are written and cleared part by part beside the records.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, Row};

use super::super::StoreError;
use super::head;
use super::transaction::alone;
use super::value::failed;
use crate::record::{Program, RunId, Snapshot};

/// The size of a part. Each transaction writes at most one.
const PART: usize = 256 << 10;

/// The bytes of snapshots that may wait to be written. One that is larger than this waits alone.
const PENDING: usize = 256 << 20;

/// The last snapshot of a run, if it is whole and as it was written.
pub(super) fn read(connection: &Connection, run: i64) -> Result<Option<Snapshot>, StoreError> {
    let read = || -> rusqlite::Result<Option<Snapshot>> {
        let found = connection
            .prepare_cached(
                "SELECT number, version, hash, chart, declaration, entered, gated, seal,
                 machine_version FROM snapshot
                 WHERE run = ? AND is_whole = 1",
            )?
            .query_row([run], |row| {
                let seal = row.get(7)?;
                Ok(unfilled(row)?.map(|(number, snapshot)| (number, snapshot, seal)))
            })
            .optional()?;
        let Some((number, mut snapshot, seal)) = found.flatten() else { return Ok(None) };
        let mut body = Vec::new();
        let mut parts = connection
            .prepare_cached("SELECT body FROM snapshot_part WHERE snapshot = ? ORDER BY part")?;
        let mut rows = parts.query([number])?;
        while let Some(row) = rows.next()? {
            body.extend_from_slice(row.get_ref(0)?.as_blob()?);
        }
        let Ok(body) = String::from_utf8(body) else { return Ok(None) };
        snapshot.body = body;
        if snapshot.seal() != seal {
            let version = snapshot.version;
            tracing::warn!(run = %run, %version, "a snapshot is damaged; the records are replayed");
            return Ok(None);
        }
        Ok(Some(snapshot))
    };
    match read() {
        // The records lead to the same value.
        Err(
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..),
        ) => Ok(None),
        done => done.map_err(failed),
    }
}

/// A snapshot without its body.
fn unfilled(row: &Row<'_>) -> rusqlite::Result<Option<(i64, Snapshot)>> {
    let program = Program::new(row.get(3)?, row.get(4)?);
    let (number, version, hash) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let Ok(entered) = serde_json::from_str(row.get_ref(5)?.as_str()?) else { return Ok(None) };
    let snapshot = Snapshot::new(version, hash, program, String::new(), entered);
    let snapshot = snapshot.with_machine_version(row.get(8)?);
    Ok(Some((number, Snapshot { gated: row.get(6)?, ..snapshot })))
}

/// The snapshots that wait to be written.
#[derive(Debug, Default)]
pub(super) struct Pending(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    snapshots: VecDeque<(RunId, Snapshot)>,
    bytes: usize,
}

impl Pending {
    /// No code under the lock can leave it half changed, so a poisoned lock is ignored.
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a snapshot wait, in the place of an earlier one of its run. It is dropped if too many wait.
    pub(super) fn add(&self, run: &RunId, snapshot: Snapshot) {
        let mut waiting = self.waiting();
        if let Some(place) = waiting.snapshots.iter().position(|(other, _)| other == run)
            && let Some((_, earlier)) = waiting.snapshots.remove(place)
        {
            waiting.bytes -= earlier.body.len();
        }
        let bytes = waiting.bytes + snapshot.body.len();
        if waiting.snapshots.is_empty() || bytes <= PENDING {
            waiting.bytes = bytes;
            waiting.snapshots.push_back((run.clone(), snapshot));
        }
    }

    fn has(&self, run: &RunId) -> bool {
        self.waiting().snapshots.iter().any(|(other, _)| other == run)
    }

    fn take(&self) -> Option<(RunId, Snapshot)> {
        let mut waiting = self.waiting();
        let (run, snapshot) = waiting.snapshots.pop_front()?;
        waiting.bytes -= snapshot.body.len();
        Some((run, snapshot))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting().snapshots.is_empty()
    }

    fn clear(&self) {
        *self.waiting() = Waiting::default();
    }
}

/// What the writer does beside the requests, a part in each transaction. It begins with the first request.
#[derive(Default)]
pub(super) struct Upkeep {
    writing: Option<Writing>,
    has_begun: bool,
    /// Whether parts may be left to clear.
    is_to_clear: bool,
}

/// A snapshot of which parts are written.
struct Writing {
    number: i64,
    run: RunId,
    snapshot: Snapshot,
    part: usize,
}

impl Upkeep {
    pub(super) fn is_done(&self, pending: &Pending) -> bool {
        self.writing.is_none() && !self.is_to_clear && pending.is_empty()
    }

    /// Forgets what was under way, after a failure. A snapshot that is not written is made again later.
    pub(super) fn give_up(&mut self, pending: &Pending) {
        pending.clear();
        (self.writing, self.is_to_clear) = (None, false);
    }

    /// Looks again for parts to clear.
    pub(super) fn look_again(&mut self) {
        self.is_to_clear = true;
    }

    /// Writes one part and clears one.
    pub(super) fn step(&mut self, connection: &Connection, pending: &Pending) {
        if self.has_begun && self.is_done(pending) {
            return;
        }
        let step = alone(connection, || {
            if !self.has_begun {
                abandon(connection)?;
                (self.has_begun, self.is_to_clear) = (true, true);
            }
            self.write(connection, pending)?;
            if self.is_to_clear {
                self.is_to_clear = !clear(connection)?;
            }
            Ok(())
        });
        if let Err(error) = step {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "a snapshot cannot be written");
            self.give_up(pending);
        }
    }

    fn write(&mut self, connection: &Connection, pending: &Pending) -> Result<(), StoreError> {
        let newer = |writing: &Writing| pending.has(&writing.run);
        let mut writing = match self.writing.take().filter(|writing| !newer(writing)) {
            Some(writing) => writing,
            None => {
                let Some((run, snapshot)) = pending.take() else { return Ok(()) };
                let Some(number) = begin(connection, &run, &snapshot)? else { return Ok(()) };
                self.is_to_clear = true;
                Writing { number, run, snapshot, part: 0 }
            }
        };
        let body = writing.snapshot.body.as_bytes();
        let from = (writing.part * PART).min(body.len());
        let to = (from + PART).min(body.len());
        let part = body.get(from..to).unwrap_or_default();
        if !put(connection, writing.number, writing.part, part)? {
            return Ok(());
        }
        if to == body.len() {
            self.is_to_clear = true;
            return finish(connection, writing.number);
        }
        writing.part += 1;
        self.writing = Some(writing);
        Ok(())
    }
}

/// Writes a snapshot within one transaction.
pub(super) fn write_whole(
    connection: &Connection,
    run: &RunId,
    snapshot: &Snapshot,
) -> Result<(), StoreError> {
    let Some(number) = begin(connection, run, snapshot)? else { return Ok(()) };
    for (part, body) in snapshot.body.as_bytes().chunks(PART).enumerate() {
        put(connection, number, part, body)?;
    }
    finish(connection, number)
}

/// Makes the place of a snapshot, if the run has its record.
fn begin(
    connection: &Connection,
    run: &RunId,
    snapshot: &Snapshot,
) -> Result<Option<i64>, StoreError> {
    let Some(found) = head::of(connection, run)? else { return Ok(None) };
    let begin = || -> rusqlite::Result<Option<i64>> {
        let has_record = connection
            .prepare_cached("SELECT 1 FROM record WHERE run = ? AND version = ? AND hash = ?")?
            .exists((found.id, snapshot.version, snapshot.hash))?;
        if !has_record {
            return Ok(None);
        }
        connection
            .prepare_cached("UPDATE snapshot SET run = NULL WHERE run = ? AND is_whole = 0")?
            .execute([found.id])?;
        let Program { chart, declaration } = snapshot.program;
        connection
            .prepare_cached(
                "INSERT INTO snapshot (run, is_whole, version, hash, chart, declaration,
                 machine_version, entered, gated, seal) VALUES (?, 0, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute((
                found.id,
                snapshot.version,
                snapshot.hash,
                chart,
                declaration,
                snapshot.machine_version,
                snapshot.entered_json(),
                snapshot.gated,
                snapshot.seal(),
            ))?;
        Ok(Some(connection.last_insert_rowid()))
    };
    begin().map_err(failed)
}

/// Writes a part, unless the snapshot was superseded meanwhile.
fn put(connection: &Connection, number: i64, part: usize, body: &[u8]) -> Result<bool, StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO snapshot_part (snapshot, part, body) SELECT number, ?2, ?3 FROM snapshot
             WHERE number = ?1 AND run IS NOT NULL AND is_whole = 0",
        )
        .and_then(|mut put| put.execute((number, i64::try_from(part).unwrap_or(i64::MAX), body)))
        .map(|rows| rows > 0)
        .map_err(failed)
}

/// Lets the snapshot take the place of the one before.
fn finish(connection: &Connection, number: i64) -> Result<(), StoreError> {
    let finish = || -> rusqlite::Result<()> {
        connection
            .prepare_cached(
                "UPDATE snapshot SET run = NULL WHERE is_whole = 1
                 AND run = (SELECT run FROM snapshot WHERE number = ?)",
            )?
            .execute([number])?;
        connection
            .prepare_cached("UPDATE snapshot SET is_whole = 1 WHERE number = ?")?
            .execute([number])
            .map(drop)
    };
    finish().map_err(failed)
}

/// Clears one part of a snapshot that no run has. Answers whether nothing is left to clear.
fn clear(connection: &Connection) -> Result<bool, StoreError> {
    let clear = || -> rusqlite::Result<bool> {
        let number: Option<i64> = connection
            .prepare_cached("SELECT number FROM snapshot WHERE run IS NULL LIMIT 1")?
            .query_row([], |row| row.get(0))
            .optional()?;
        let Some(number) = number else { return Ok(true) };
        connection
            .prepare_cached(
                "DELETE FROM snapshot_part WHERE snapshot = ?1
                 AND part = (SELECT max(part) FROM snapshot_part WHERE snapshot = ?1)",
            )?
            .execute([number])?;
        connection
            .prepare_cached(
                "DELETE FROM snapshot WHERE number = ?1
                 AND NOT EXISTS (SELECT 1 FROM snapshot_part WHERE snapshot = ?1)",
            )?
            .execute([number])?;
        let is_left =
            connection.prepare_cached("SELECT 1 FROM snapshot WHERE run IS NULL")?.exists([])?;
        Ok(!is_left)
    };
    clear().map_err(failed)
}

/// Gives up what a process that has ended was writing. One that still writes begins again with its next snapshot.
fn abandon(connection: &Connection) -> Result<(), StoreError> {
    connection
        .execute("UPDATE snapshot SET run = NULL WHERE run IS NOT NULL AND is_whole = 0", [])
        .map(drop)
        .map_err(failed)
}
