//! Putting the content of another file in the place of a store's, while others use the store.
//!
//! All of it is one transaction: whoever has the store open sees the history before or the one after. What is copied is
//! proven as it is read, and gets new numbers, so that no position, revision or run of before is met again.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rusqlite::Connection;

use super::super::{NoteChange, PageLimit, Scope, StoreError};
use super::append::{self, Positions};
use super::error::{OpenCause, OpenError};
use super::guard::Guard;
use super::head::{self, Sealed};
use super::moving::{self, Moving};
use super::place::Place;
use super::transaction::execute;
use super::{backup, check, list, notes, read, schema, snapshot};
use crate::record::{Hash, Position, RunId, Version};

/// How much is copied at once.
const PAGE: PageLimit = PageLimit::new(1000, 16 << 20);

/// Which of the two files it is that cannot be used.
enum Fault {
    From(OpenCause),
    To(OpenCause),
}

fn from(error: impl Into<OpenCause>) -> Fault {
    Fault::From(error.into())
}

fn to(error: impl Into<OpenCause>) -> Fault {
    Fault::To(error.into())
}

/// Replaces the content of the store at `target`. Answers where the content before is kept, if there was any.
pub(super) fn restore(
    source: &Path,
    target: &Path,
    time: DateTime<Utc>,
) -> Result<Option<PathBuf>, OpenError> {
    restored(source, target, time).map_err(|fault| match fault {
        Fault::From(cause) => OpenError { path: source.to_owned(), cause },
        Fault::To(cause) => OpenError { path: target.to_owned(), cause },
    })
}

fn restored(source: &Path, target: &Path, time: DateTime<Utc>) -> Result<Option<PathBuf>, Fault> {
    if fs::metadata(source).is_err() {
        return Err(Fault::From(OpenCause::Missing));
    }
    let place = Place::open(source).map_err(from)?;
    let mut reading = schema::source(&place).map_err(from)?;
    // One moment of the file, whoever else writes it.
    let moment = reading.transaction().map_err(from)?;
    check::check_whole(&moment).map_err(from)?;
    let found = Place::open(target).map_err(to)?;
    if place.is(&found) {
        return Err(Fault::From(OpenCause::Itself));
    }
    let (connection, is_new) = schema::connect(&found).map_err(to)?;
    let guard = Arc::new(Guard::new(found).map_err(to)?);
    let mut moving = Moving::new(Arc::clone(&guard), is_new);
    execute(&connection, "BEGIN IMMEDIATE").map_err(to)?;
    // Without its commit the transaction ends with the connection.
    let is_used = is_used(&connection).map_err(to)?;
    replace(&connection, &moment)?;
    let kept = is_used.then(|| keep(&guard, target, time)).transpose().map_err(to)?;
    let marks = guard.check(&connection).map_err(to)?;
    moving.mark(&connection, marks).map_err(to)?;
    execute(&connection, "COMMIT").map_err(to)?;
    moving.go_on(&connection);
    moving::before_end(&connection, &guard, &moving);
    Ok(kept)
}

/// Whether there is anything to keep.
fn is_used(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM run) OR EXISTS (SELECT 1 FROM tombstone)
         OR EXISTS (SELECT 1 FROM note)",
        [],
        |row| row.get(0),
    )
}

/// Copies the content of before into a file beside the store. The lock of the transaction that replaces it keeps others
/// from changing it meanwhile.
fn keep(guard: &Guard, target: &Path, time: DateTime<Utc>) -> Result<PathBuf, OpenCause> {
    let name = target.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name = format!("{name}.before-restore-{}.db", time.format("%Y%m%dT%H%M%S%3fZ"));
    let kept = target.with_file_name(name);
    let connection = schema::writing(guard.place())?;
    backup::copy(&connection, guard, &kept).map_err(OpenCause::Unkept)?;
    Ok(kept)
}

/// Replaces all that is in the store.
fn replace(connection: &Connection, source: &Connection) -> Result<(), Fault> {
    let position = append::last(connection).map_err(to)?;
    connection
        .execute(
            "UPDATE store SET position = max(position, ?),
             run = max(run, coalesce((SELECT max(id) FROM run), 0))",
            [position],
        )
        .map_err(to)?;
    let triggers = taken_triggers(connection).map_err(to)?;
    connection
        .execute_batch(
            "DELETE FROM run; DELETE FROM record; DELETE FROM snapshot; DELETE FROM snapshot_part;
             DELETE FROM note; DELETE FROM tombstone;",
        )
        .map_err(to)?;
    let runs = runs(connection, source)?;
    records(connection, source, &runs)?;
    for (_, found) in runs.values() {
        extras(connection, source, found)?;
    }
    copy_notes(connection, source, &Scope::Store)?;
    for tombstone in list::tombstones(source).map_err(from)? {
        list::bury(connection, &tombstone).map_err(to)?;
    }
    connection.execute_batch(&triggers).map_err(to)
}

/// Takes the triggers away that keep records from being deleted. Answers how to make them again.
fn taken_triggers(connection: &Connection) -> rusqlite::Result<String> {
    let mut query =
        connection.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")?;
    let triggers = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let triggers: Vec<(String, String)> = triggers.collect::<Result<_, _>>()?;
    drop(query);
    let mut again = String::new();
    for (name, sql) in triggers {
        connection.execute_batch(&format!("DROP TRIGGER {name}"))?;
        again.push_str(&sql);
        again.push(';');
    }
    Ok(again)
}

/// Copies the heads of the runs. Answers the new number of each, and where it is in the source.
fn runs(
    connection: &Connection,
    source: &Connection,
) -> Result<HashMap<RunId, (i64, Sealed)>, Fault> {
    let mut runs = HashMap::new();
    let mut after: Option<RunId> = None;
    loop {
        let page = list::sealed(source, None, after.as_ref(), PAGE.records).map_err(from)?;
        let Some(last) = page.last() else { return Ok(runs) };
        after = Some(last.head.run.clone());
        for found in page {
            let found = found.sound().map_err(from)?;
            let id = head::start(connection, &found.head).map_err(to)?;
            runs.insert(found.head.run.clone(), (id, found));
        }
    }
}

/// Copies the records of all runs in the order of their positions.
fn records(
    connection: &Connection,
    source: &Connection,
    runs: &HashMap<RunId, (i64, Sealed)>,
) -> Result<(), Fault> {
    let (mut positions, mut after) = (Positions::default(), Position::START);
    let mut ends: HashMap<RunId, (Version, Hash)> = HashMap::new();
    loop {
        let page = read::log(source, after, PAGE).map_err(from)?;
        let Some(last) = page.last() else { break };
        after = last.position;
        for logged in page {
            let Some((id, _)) = runs.get(&logged.run) else { continue };
            let position = positions.take(connection).map_err(to)?;
            append::insert(connection, position, *id, &logged.record).map_err(to)?;
            ends.insert(logged.run, (logged.record.version, logged.record.hash));
        }
    }
    let missing = runs
        .values()
        .map(|(_, found)| found)
        .find(|found| ends.get(&found.head.run) != Some(&(found.head.version, found.head.hash)));
    missing.map_or(Ok(()), |found| Err(from(found.corrupt())))
}

/// Copies the snapshot of a run and its notes.
fn extras(connection: &Connection, source: &Connection, found: &Sealed) -> Result<(), Fault> {
    let run = &found.head.run;
    if let Some(kept) = snapshot::read(source, found.id).map_err(from)? {
        snapshot::write_whole(connection, run, &kept).map_err(to)?;
    }
    copy_notes(connection, source, &Scope::Run { run: run.clone() })?;
    copy_notes(connection, source, &Scope::Head { run: run.clone(), hash: found.head.hash })
}

fn copy_notes(connection: &Connection, source: &Connection, scope: &Scope) -> Result<(), Fault> {
    for note in notes::read(source, scope).map_err(from)? {
        let change = NoteChange::create(note.name, note.body).due_at(note.due);
        notes::change(connection, scope, &change).map_err(to)?;
    }
    Ok(())
}

impl From<StoreError> for OpenCause {
    fn from(error: StoreError) -> Self {
        Self::Content(Box::new(error))
    }
}
