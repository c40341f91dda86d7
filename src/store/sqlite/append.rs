//! Adding records to the end of a history.

use rusqlite::Connection;

use super::super::{Append, Head, StoreError};
use super::head::{self, Sealed};
use super::notes;
use super::transaction::{alone, execute, goes_on};
use super::value::{failed, micros};
use crate::record::{Hash, Position, Record, RequestKey, Version};

/// The positions that are given out in one transaction.
#[derive(Default)]
pub(super) struct Positions {
    next: Option<Position>,
}

impl Positions {
    /// A position that was never given out.
    pub(super) fn take(&mut self, connection: &Connection) -> Result<Position, StoreError> {
        let next = match self.next {
            Some(next) => next,
            None => Position(last(connection)?.0 + 1),
        };
        self.next = Some(Position(next.0 + 1));
        Ok(next)
    }
}

/// The last position that was given out, whether its record is still there or not.
pub(super) fn last(connection: &Connection) -> Result<Position, StoreError> {
    connection
        .prepare_cached(
            "SELECT max(position, coalesce((SELECT max(position) FROM record), 0)) FROM store",
        )
        .and_then(|mut last| last.query_row([], |row| row.get(0)))
        .map_err(failed)
}

/// Adds records if the history ends before the first of them.
pub(super) fn append(
    connection: &Connection,
    append: &Append,
    positions: &mut Positions,
) -> Result<Position, StoreError> {
    goes_on(connection)?;
    let (Some(first), Some(head)) = (append.records.first(), Head::after(append)) else {
        return last(connection);
    };
    let found = head::of(connection, &append.run)?;
    let head = match &found {
        Some(found) => Head { parent: found.head.parent.clone(), ..head },
        None => head,
    };
    let actual = head::version(found.as_ref());
    let follows = match &found {
        Some(Sealed { head, .. }) => {
            head.version.next() == first.version && head.hash == append.after
        }
        None => first.version == Version::START && append.after == Hash::NONE,
    };
    if !follows {
        return Err(StoreError::Conflict { actual });
    }
    let mut add = |id, record| {
        if is_known(connection, id, record)? {
            return Err(StoreError::Conflict { actual });
        }
        let position = positions.take(connection)?;
        insert(connection, position, id, record)?;
        Ok(position)
    };
    if let (Some(found), [record], None) = (&found, append.records.as_slice(), &append.standing) {
        // Without a savepoint, for which SQLite would copy each page that is written: a conflict is seen before the
        // first write, and SQLite undoes a statement that fails.
        let position = add(found.id, record)?;
        return head::advance(connection, found.id, &head).map(|()| position).inspect_err(
            |error| {
                let error = error as &dyn std::error::Error;
                tracing::error!(error, "the head of a run cannot be written");
                // The record has no head and must not stay. Without its transaction the batch fails as a whole.
                let _ = execute(connection, "ROLLBACK");
            },
        );
    }
    alone(connection, || {
        let id = match &found {
            Some(found) => head::advance(connection, found.id, &head).map(|()| found.id)?,
            None => head::start(connection, &head)?,
        };
        let mut last = Position::START;
        for record in &append.records {
            last = add(id, record)?;
        }
        if let Some(standing) = &append.standing {
            notes::stand(connection, id, standing, head.time)?;
        }
        Ok(last)
    })
}

/// Whether the run has a record of the same actor with the same key.
fn is_known(connection: &Connection, id: i64, record: &Record) -> Result<bool, StoreError> {
    let Some(key) = &record.key else { return Ok(false) };
    connection
        .prepare_cached("SELECT 1 FROM record WHERE run = ? AND actor = ? AND key = ?")
        .and_then(|mut known| known.exists((id, record.actor.as_str(), key.as_str())))
        .map_err(failed)
}

pub(super) fn insert(
    connection: &Connection,
    position: Position,
    id: i64,
    record: &Record,
) -> Result<(), StoreError> {
    let key = record.key.as_ref().map(RequestKey::as_str);
    let (time, actor) = (micros(record.time), record.actor.as_str());
    connection
        .prepare_cached(
            "INSERT INTO record (position, run, version, time, actor, key, entry, hash)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .and_then(|mut insert| {
            let entry = record.entry_json();
            insert.execute((position, id, record.version, time, actor, key, entry, record.hash))
        })
        .map(drop)
        .map_err(failed)
}
