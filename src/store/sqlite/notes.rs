//! Notes, of the store and at the heads of runs.

use rusqlite::{Connection, OptionalExtension, Row};
use serde_json::value::RawValue;

use super::super::{Note, NoteChange, NoteName, Revision, Scope, StoreError};
use super::head::{self, identity, text};
use super::value::failed;
use crate::record::{Hash, RunId};

/// The number that stands for the store where a run's would be.
const STORE: i64 = 0;

/// The notes of a scope, in the order of their names.
pub(super) fn read(connection: &Connection, scope: &Scope) -> Result<Vec<Note>, StoreError> {
    let (run, after) = match scope {
        Scope::Store => (STORE, Hash::NONE),
        Scope::Head { run, hash } => match head::of(connection, run)? {
            Some(found) if found.head.hash == *hash => (found.id, *hash),
            _ => return Ok(Vec::new()),
        },
    };
    let mut query = connection
        .prepare_cached(
            "SELECT name, revision, body, seal FROM note WHERE run = ? AND after = ? ORDER BY name",
        )
        .map_err(failed)?;
    let notes = query
        .query_map((run, after), |row| Ok(note(row, run, &after).ok_or_else(|| damaged(row))))
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

fn note(row: &Row<'_>, run: i64, after: &Hash) -> Option<Note> {
    let name: NoteName = row.get_ref(0).ok()?.as_str().ok()?.parse().ok()?;
    let revision = row.get(1).ok()?;
    let body: String = row.get(2).ok()?;
    let is_sealed = seal(run, after, &name, revision, &body) == row.get(3).ok()?;
    let body = RawValue::from_string(body).ok()?;
    is_sealed.then(|| Note::new(name, revision, body))
}

fn damaged(row: &Row<'_>) -> StoreError {
    let name = row.get_ref(0).ok().and_then(|name| Some(name.as_str().ok()?.to_owned()));
    StoreError::Damaged(Box::new(Damaged(name.unwrap_or_default())))
}

#[derive(Debug, thiserror::Error)]
#[error("the note {} is corrupt", crate::text::quoted(.0))]
struct Damaged(String);

fn seal(run: i64, after: &Hash, name: &NoteName, revision: Revision, body: &str) -> Hash {
    Hash::of(&[
        &run.to_be_bytes(),
        &after.0,
        name.as_str().as_bytes(),
        &revision.0.to_be_bytes(),
        body.as_bytes(),
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
        if run != STORE {
            // The run has gone on since they were written.
            connection.execute("DELETE FROM note WHERE run = ? AND after <> ?", (run, after))?;
        }
        let name = change.name.as_str();
        let actual: Option<Revision> = connection
            .prepare_cached("SELECT revision FROM note WHERE run = ? AND name = ?")?
            .query_row((run, name), |row| row.get(0))
            .optional()?;
        if actual != change.expected {
            return Ok(Err(StoreError::NoteConflict { actual }));
        }
        connection.execute("DELETE FROM note WHERE run = ? AND name = ?", (run, name))?;
        let revision: Revision = connection
            .prepare_cached("UPDATE store SET revision = revision + 1 RETURNING revision")?
            .query_row([], |row| row.get(0))?;
        if let Some(body) = &change.body {
            let seal = seal(run, &after, &change.name, revision, body.get());
            connection
                .prepare_cached(
                    "INSERT INTO note (revision, run, after, name, body, seal)
                     VALUES (?, ?, ?, ?, ?, ?)",
                )?
                .execute((revision, run, after, name, body.get(), seal))?;
        }
        Ok(Ok(revision))
    };
    write().map_err(failed)?
}
