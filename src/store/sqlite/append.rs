//! Adding records to the end of a history.

use chrono::{DateTime, Utc};
use rusqlite::Connection;

use super::super::StoreError;
use super::transaction::{alone, execute, goes_on};
use super::{read, schema};
use crate::record::{Hash, Record, RequestKey, RunName, Version};

/// Adds records where the history ends before the first of them.
pub(super) fn append(
    connection: &Connection,
    run: &RunName,
    after: Hash,
    records: &[Record],
    due: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    goes_on(connection)?;
    let (Some(first), Some(last)) = (records.first(), records.last()) else { return Ok(()) };
    let end = read::end(connection, run)?;
    let actual = end.as_ref().map(|end| end.version);
    let follows = match &end {
        Some(end) => end.version.next() == first.version && end.hash == after,
        None => first.version == Version::START && after == Hash::NONE,
    };
    if !follows {
        return Err(StoreError::Conflict { actual });
    }
    let add = |id, record| {
        if is_known(connection, id, record)? {
            return Err(StoreError::Conflict { actual });
        }
        insert(connection, id, record)
    };
    if let (Some(end), [record]) = (&end, records) {
        // Without a savepoint, for which SQLite would keep a copy of each page that is written: a conflict is seen
        // before the first write, and SQLite undoes a statement that fails.
        add(end.id, record)?;
        return advance(connection, end.id, run, last, due).inspect_err(|error| {
            tracing::error!(?error, "the head of a run cannot be written");
            // The record has no head, and goes with the transaction; then the commit fails, and tells all of it.
            let _ = execute(connection, "ROLLBACK");
        });
    }
    alone(connection, || {
        let id = match &end {
            Some(end) => advance(connection, end.id, run, last, due).map(|()| end.id)?,
            None => start(connection, run, last, due)?,
        };
        records.iter().try_for_each(|record| add(id, record))
    })
}

/// Moves the head of a run.
fn advance(
    connection: &Connection,
    id: i64,
    run: &RunName,
    last: &Record,
    due: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let (time, seal) = (micros(last.time), sealed(run, last, due));
    let (hash, seal, due) = (last.hash.0.as_slice(), seal.0.as_slice(), due.map(micros));
    let (version, state) = (last.version, last.state());
    connection
        .prepare_cached(
            "UPDATE run SET version = ?, state = ?, time = ?, due = ?, hash = ?, seal = ?
             WHERE id = ?",
        )
        .and_then(|mut update| update.execute((version, state, time, due, hash, seal, id)))
        .map(drop)
        .map_err(read::failed)
}

/// The hash of the head that a run has after a record.
fn sealed(run: &RunName, last: &Record, due: Option<DateTime<Utc>>) -> Hash {
    // No history is that long.
    let version = i64::try_from(last.version.0).unwrap_or(i64::MAX);
    let times = (micros(last.time), due.map(micros));
    schema::seal(run.as_str(), version, last.state(), times, &last.hash.0)
}

fn micros(time: DateTime<Utc>) -> i64 {
    time.timestamp_micros()
}

/// Makes the run.
fn start(
    connection: &Connection,
    run: &RunName,
    last: &Record,
    due: Option<DateTime<Utc>>,
) -> Result<i64, StoreError> {
    let (time, hash) = (micros(last.time), last.hash.0.as_slice());
    let (seal, due) = (sealed(run, last, due), due.map(micros));
    let (name, seal) = (run.as_str(), seal.0.as_slice());
    let values = (name, last.version, last.state(), time, due, hash, seal);
    let made = || -> rusqlite::Result<i64> {
        connection
            .prepare_cached(
                "INSERT INTO run (name, version, state, time, due, hash, seal)
                 VALUES (?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(values)?;
        Ok(connection.last_insert_rowid())
    };
    made().map_err(read::failed)
}

/// Whether the run has a record for the same request.
fn is_known(connection: &Connection, id: i64, record: &Record) -> Result<bool, StoreError> {
    let Some(key) = &record.key else { return Ok(false) };
    connection
        .prepare_cached("SELECT 1 FROM record WHERE run = ? AND key = ?")
        .and_then(|mut known| known.exists((id, key.as_str())))
        .map_err(read::failed)
}

fn insert(connection: &Connection, id: i64, record: &Record) -> Result<(), StoreError> {
    let key = record.key.as_ref().map(RequestKey::as_str);
    let (time, hash) = (micros(record.time), record.hash.0.as_slice());
    let values = (id, record.version, time, record.actor.as_str(), key, record.written(), hash);
    connection
        .prepare_cached(
            "INSERT INTO record (run, version, time, actor, key, entry, hash)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .and_then(|mut insert| insert.execute(values))
        .map(drop)
        .map_err(read::failed)
}

/// An append that trusts what was looked up before the lock: a seeded fault.
pub(super) fn forced(
    connection: &Connection,
    run: &RunName,
    after: Hash,
    records: &[Record],
    due: Option<DateTime<Utc>>,
    unlocked: Option<Hash>,
) -> Result<(), StoreError> {
    let was_free = unlocked == Some(after) || after == Hash::NONE;
    match append(connection, run, after, records, due) {
        Err(StoreError::Conflict { .. }) if was_free => Ok(()),
        done => done,
    }
}
