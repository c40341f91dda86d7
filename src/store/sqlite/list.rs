//! Lists of runs: their heads, when they fall due, and what stays of those that were removed.

use rusqlite::Connection;

use super::super::{Due, Head, Removal, StoreError, Tombstone};
use super::head::{self, COLUMNS, Sealed, WIDTH, identity, text};
use super::reader::Warned;
use super::transaction::alone;
use super::value::{failed, micros, rows, time};
use crate::caller::Principal;
use crate::record::{Actor, RunId};

/// The ends of histories. A run has the name by which it is found.
pub(super) fn heads(
    connection: &Connection,
    owner: Option<&Principal>,
    after: Option<&RunId>,
    limit: usize,
) -> Result<Vec<Head>, StoreError> {
    let all = sealed(connection, owner, after, limit)?;
    Ok(all.into_iter().map(|found| found.head).collect())
}

/// The number of runs of an owner, by the index alone.
pub(super) fn count(connection: &Connection, owner: &Principal) -> Result<u64, StoreError> {
    connection
        .prepare_cached("SELECT count(*) FROM run INDEXED BY run_by_name WHERE owner = ?")
        .and_then(|mut query| query.query_row([owner.as_str()], |row| row.get::<_, i64>(0)))
        .map(i64::unsigned_abs)
        .map_err(failed)
}

/// The heads of runs, damaged or not, with their places.
pub(super) fn sealed(
    connection: &Connection,
    owner: Option<&Principal>,
    after: Option<&RunId>,
    limit: usize,
) -> Result<Vec<Sealed>, StoreError> {
    let is_listed = if owner.is_some() { "listed.owner = ?1" } else { "?1 IS NULL" };
    let mut query = connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS}, listed.owner, listed.name FROM run AS listed INDEXED BY run_by_name
             JOIN run ON run.id = listed.id
             WHERE {is_listed} AND (listed.owner, listed.name) > (?2, ?3)
             ORDER BY listed.owner, listed.name LIMIT ?4"
        ))
        .map_err(failed)?;
    let after = after.map_or(("", ""), |run| (run.owner.as_str(), run.name.as_str()));
    let values = (owner.map(Principal::as_str), after.0, after.1, rows(limit));
    let heads = query.query_map(values, |row| {
        let run = identity(row.get(0)?, text(row, WIDTH), text(row, WIDTH + 1));
        Sealed::read(row, run)
    });
    heads.map_err(failed)?.collect::<Result<_, _>>().map_err(failed)
}

/// When runs fall due. A damaged run is left out, and logged once.
pub(super) fn due(
    connection: &Connection,
    warned: &mut Warned,
    after: Option<&Due>,
    limit: usize,
) -> Result<Vec<Due>, StoreError> {
    let mut query = connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS}, listed.due, listed.owner, listed.name
             FROM run AS listed INDEXED BY run_by_due JOIN run ON run.id = listed.id
             WHERE listed.due IS NOT NULL AND (listed.due, listed.owner, listed.name) > (?, ?, ?)
             ORDER BY listed.due, listed.owner, listed.name"
        ))
        .map_err(failed)?;
    let after = after.map_or((i64::MIN, "", ""), |after| {
        (micros(after.time), after.run.owner.as_str(), after.run.name.as_str())
    });
    let mut rows = query.query(after).map_err(failed)?;
    let mut all = Vec::new();
    while all.len() < limit
        && let Some(row) = rows.next().map_err(failed)?
    {
        let run = row.get(0).map(|id| identity(id, text(row, WIDTH + 1), text(row, WIDTH + 2)));
        let found = run.and_then(|run| Sealed::read(row, run)).map_err(failed)?;
        match found.head.due {
            Some(time) if self::time(row, WIDTH) == Some(time) => {
                all.push(Due { time, run: found.head.run });
            }
            _ => warned.warn(&found),
        }
    }
    Ok(all)
}

/// What stays of the runs that were removed.
pub(super) fn tombstones(connection: &Connection) -> Result<Vec<Tombstone>, StoreError> {
    let mut query = connection
        .prepare_cached(
            "SELECT run, owner, name, version, hash, actor, time FROM tombstone ORDER BY number",
        )
        .map_err(failed)?;
    let tombstones = query.query_map([], |row| {
        let run = identity(row.get(0)?, text(row, 1), text(row, 2));
        let actor = Actor::try_from(row.get::<_, String>(5)?).map_err(|e| unreadable(5, e))?;
        let time = time(row, 6).ok_or_else(|| unreadable(6, NotATime))?;
        Ok(Tombstone::new(run, row.get(3)?, row.get(4)?, Removal::new(actor, time)))
    });
    tombstones.map_err(failed)?.collect::<Result<_, _>>().map_err(failed)
}

/// Writes a tombstone of another store, under a number that no run has.
pub(super) fn bury(connection: &Connection, tombstone: &Tombstone) -> Result<(), StoreError> {
    let bury = || -> rusqlite::Result<()> {
        let id = head::take_id(connection)?;
        connection.execute("UPDATE store SET run = ?", [id])?;
        write_tombstone(connection, id, tombstone)
    };
    bury().map_err(failed)
}

fn write_tombstone(
    connection: &Connection,
    id: i64,
    tombstone: &Tombstone,
) -> rusqlite::Result<()> {
    let (run, actor) = (&tombstone.run, tombstone.actor.as_str());
    connection
        .prepare_cached(
            "INSERT INTO tombstone (number, run, owner, name, version, hash, actor, time)
             SELECT coalesce(max(number), 0) + 1, ?, ?, ?, ?, ?, ?, ? FROM tombstone",
        )?
        .execute((
            id,
            run.owner.as_str(),
            run.name.as_str(),
            tombstone.version,
            tombstone.hash,
            actor,
            micros(tombstone.time),
        ))
        .map(drop)
}

/// Removes a run and all that belongs to it, damaged or not.
pub(super) fn remove(
    connection: &Connection,
    run: &RunId,
    removal: Removal,
) -> Result<Tombstone, StoreError> {
    let Some(found) = head::any(connection, run)? else {
        return Err(StoreError::Conflict { actual: None });
    };
    let Sealed { id, head } = &found;
    let tombstone = Tombstone::new(run.clone(), head.version, head.hash, removal);
    let remove = || -> rusqlite::Result<()> {
        let position: Option<i64> = connection.query_row(
            "SELECT max(position) FROM record WHERE run = ?",
            [id],
            |row| row.get(0),
        )?;
        connection.execute(
            "UPDATE store SET position = max(position, ?), run = max(run, ?)",
            (position.unwrap_or_default(), id),
        )?;
        write_tombstone(connection, *id, &tombstone)?;
        connection.execute("UPDATE snapshot SET run = NULL WHERE run = ?", [id])?;
        connection.execute("DELETE FROM note WHERE run = ?", [id])?;
        connection.execute("DELETE FROM record WHERE run = ?", [id])?;
        connection.execute("DELETE FROM run WHERE id = ?", [id]).map(drop)
    };
    match alone(connection, || remove().map_err(failed)) {
        // A row that is not as it was written is not as the indexes have it, and cannot be deleted before they do.
        Err(StoreError::Damaged(_)) => {
            connection.execute_batch("REINDEX run; REINDEX record").map_err(failed)?;
            remove().map_err(failed)?;
        }
        done => done?,
    }
    Ok(tombstone)
}

#[derive(Debug, thiserror::Error)]
#[error("it is not a time")]
struct NotATime;

fn unreadable(
    column: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
}
