//! Notes, of the store, of runs, and at the heads of runs.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row};
use serde_json::value::RawValue;

use super::super::{DueNote, Note, NoteChange, NoteName, Revision, Scope, StoreError};
use super::head::{self, Sealed, identity, text};
use super::value::{failed, micros, rows, time};
use crate::record::{Hash, RunId};

/// The number that stands for the store where a run's would be.
const STORE: i64 = 0;

/// The columns of a note, in the order in which [`note`] takes them.
const COLUMNS: &str = "name, revision, body, due, seal";

/// The notes of a scope, in the order of their names.
pub(super) fn read(connection: &Connection, scope: &Scope) -> Result<Vec<Note>, StoreError> {
    let (run, after) = match scope {
        Scope::Store => (STORE, Hash::NONE),
        Scope::Run { run } => match head::of(connection, run)? {
            Some(found) => (found.id, Hash::NONE),
            None => return Ok(Vec::new()),
        },
        Scope::Head { run, hash } => match head::of(connection, run)? {
            Some(found) if found.head.hash == *hash => (found.id, *hash),
            _ => return Ok(Vec::new()),
        },
    };
    let mut query = connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM note WHERE run = ? AND after = ? ORDER BY name"
        ))
        .map_err(failed)?;
    let notes = query
        .query_map((run, after), |row| Ok(note(row, 0, run, &after).ok_or_else(|| damaged(row))))
        .map_err(failed)?;
    notes.map(|note| note.map_err(failed)?).collect()
}

/// The runs with a note at their head whose name begins with `prefix`.
pub(super) fn noted(connection: &Connection, prefix: &str) -> Result<Vec<RunId>, StoreError> {
    let mut query = connection
        .prepare_cached(
            "SELECT DISTINCT run.id, run.owner, run.name FROM note JOIN run ON run.id = note.run
             WHERE note.after = run.hash AND substr(note.name, 1, length(?1)) = ?1
             ORDER BY run.owner, run.name",
        )
        .map_err(failed)?;
    let runs =
        query.query_map([prefix], |row| Ok(identity(row.get(0)?, text(row, 1), text(row, 2))));
    runs.map_err(failed)?.collect::<Result<_, _>>().map_err(failed)
}

/// The notes of runs that are due.
pub(super) fn due(
    connection: &Connection,
    until: DateTime<Utc>,
    limit: usize,
) -> Result<Vec<DueNote>, StoreError> {
    let mut query = connection
        .prepare_cached(&format!(
            "SELECT run, {COLUMNS} FROM note INDEXED BY note_by_due WHERE due <= ? ORDER BY due LIMIT ?"
        ))
        .map_err(failed)?;
    let mut found = query.query((micros(until), rows(limit))).map_err(failed)?;
    let mut all = Vec::new();
    while let Some(row) = found.next().map_err(failed)? {
        let id: i64 = row.get(0).map_err(failed)?;
        match (head::numbered(connection, id)?, note(row, 1, id, &Hash::NONE)) {
            (Some(Sealed { head, .. }), Some(note)) if !head.is_damaged => {
                all.push(DueNote::new(head.run, note));
            }
            _ => tracing::error!(run = id, "a note of a run is corrupt, or the run is"),
        }
    }
    Ok(all)
}

/// When the first note of a run falls due after a time.
pub(super) fn next_due(
    connection: &Connection,
    after: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    connection
        .prepare_cached("SELECT min(due) FROM note INDEXED BY note_by_due WHERE due > ?")
        .and_then(|mut query| query.query_row([micros(after)], |row| Ok(time(row, 0))))
        .map_err(failed)
}

fn note(row: &Row<'_>, first: usize, run: i64, after: &Hash) -> Option<Note> {
    let name: NoteName = row.get_ref(first).ok()?.as_str().ok()?.parse().ok()?;
    let revision = row.get(first + 1).ok()?;
    let body: String = row.get(first + 2).ok()?;
    let due = match row.get::<_, Option<i64>>(first + 3).ok()? {
        Some(_) => Some(time(row, first + 3)?),
        None => None,
    };
    let is_sealed = seal(run, after, &name, revision, &body, due) == row.get(first + 4).ok()?;
    let body = RawValue::from_string(body).ok()?;
    is_sealed.then(|| Note::new(name, revision, body, due))
}

fn damaged(row: &Row<'_>) -> StoreError {
    let name = row.get_ref(0).ok().and_then(|name| Some(name.as_str().ok()?.to_owned()));
    StoreError::Damaged(Box::new(Damaged(name.unwrap_or_default())))
}

#[derive(Debug, thiserror::Error)]
#[error("the note {} is corrupt", crate::text::quoted(.0))]
struct Damaged(String);

fn seal(
    run: i64,
    after: &Hash,
    name: &NoteName,
    revision: Revision,
    body: &str,
    due: Option<DateTime<Utc>>,
) -> Hash {
    let due = due.map(|due| micros(due).to_be_bytes());
    Hash::of(&[
        &run.to_be_bytes(),
        &after.0,
        name.as_str().as_bytes(),
        &revision.0.to_be_bytes(),
        body.as_bytes(),
        due.as_ref().map_or(&[][..], |due| due),
    ])
}

/// Writes or removes a note.
pub(super) fn change(
    connection: &Connection,
    scope: &Scope,
    change: &NoteChange,
) -> Result<Revision, StoreError> {
    let (run, after) = match scope {
        Scope::Store => (STORE, Hash::NONE),
        Scope::Run { run } => match head::of(connection, run)? {
            Some(found) => (found.id, Hash::NONE),
            None => return Err(StoreError::Conflict { actual: None }),
        },
        Scope::Head { run, hash } => {
            let found = head::of(connection, run)?;
            let actual = head::version(found.as_ref());
            match found {
                Some(found) if found.head.hash == *hash => (found.id, *hash),
                _ => return Err(StoreError::Conflict { actual }),
            }
        }
    };
    let write = || -> rusqlite::Result<Result<Revision, StoreError>> {
        if after != Hash::NONE {
            // The run has gone on since they were written.
            connection.execute(
                "DELETE FROM note WHERE run = ? AND after NOT IN (?, ?)",
                (run, after, Hash::NONE),
            )?;
        }
        let name = change.name.as_str();
        let actual: Option<Revision> = connection
            .prepare_cached("SELECT revision FROM note WHERE run = ? AND name = ?")?
            .query_row((run, name), |row| row.get(0))
            .optional()?;
        if actual != change.expected {
            return Ok(Err(StoreError::NoteConflict { actual }));
        }
        connection
            .prepare_cached("DELETE FROM note WHERE run = ? AND name = ?")?
            .execute((run, name))?;
        let revision = take_revision(connection)?;
        if let Some(body) = &change.body {
            insert(connection, run, &after, &change.name, revision, body.get(), change.due)?;
        }
        Ok(Ok(revision))
    };
    write().map_err(failed)?
}

/// Leaves a run with exactly these notes. Those that are there stay as they are.
pub(super) fn stand(
    connection: &Connection,
    run: i64,
    names: &[NoteName],
    due: DateTime<Utc>,
) -> Result<(), StoreError> {
    let stand = || -> rusqlite::Result<()> {
        let mut query =
            connection.prepare_cached("SELECT name FROM note WHERE run = ? AND after = ?")?;
        let there = query.query_map((run, Hash::NONE), |row| row.get(0))?;
        let there: Vec<String> = there.collect::<Result<_, _>>()?;
        for name in there.iter().filter(|there| !names.iter().any(|name| name.as_str() == *there)) {
            connection
                .prepare_cached("DELETE FROM note WHERE run = ? AND name = ?")?
                .execute((run, name))?;
        }
        for name in names.iter().filter(|name| !there.iter().any(|there| there == name.as_str())) {
            let revision = take_revision(connection)?;
            insert(connection, run, &Hash::NONE, name, revision, "null", Some(due))?;
        }
        Ok(())
    };
    stand().map_err(failed)
}

fn take_revision(connection: &Connection) -> rusqlite::Result<Revision> {
    connection
        .prepare_cached("UPDATE store SET revision = revision + 1 RETURNING revision")?
        .query_row([], |row| row.get(0))
}

fn insert(
    connection: &Connection,
    run: i64,
    after: &Hash,
    name: &NoteName,
    revision: Revision,
    body: &str,
    due: Option<DateTime<Utc>>,
) -> rusqlite::Result<()> {
    let seal = seal(run, after, name, revision, body, due);
    connection
        .prepare_cached(
            "INSERT INTO note (revision, run, after, name, body, due, seal)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute((revision, run, after, name.as_str(), body, due.map(micros), seal))
        .map(drop)
}
