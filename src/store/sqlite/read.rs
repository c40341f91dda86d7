//! What is read, each time with the proof that it is as it was written.

use chrono::{DateTime, Utc};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::super::{Due, Head, Page, Snapshot, StoreError, Tombstone};
use super::schema::{HEAD, is_sealed};
use crate::record::{Hash, Principal, Record, RequestKey, RunName, Version};

/// A page of a run's history, whose chain holds and which ends where the run does.
pub(super) fn page(
    connection: &mut Connection,
    run: &RunName,
    from: Version,
    limit: usize,
) -> Result<Page, StoreError> {
    // One moment of the file, whoever else writes.
    let moment = connection.transaction().map_err(failed)?;
    let Some(end) = end(&moment, run)? else {
        return Ok(Page { after: Hash::NONE, records: Vec::new() });
    };
    if from > end.version.next() {
        return Ok(Page { after: Hash::NONE, records: Vec::new() });
    }
    let corrupt = |version| StoreError::Corrupt { run: run.clone(), version };
    let after = match from.0.checked_sub(1) {
        None => Hash::NONE,
        Some(before) if before == end.version.0 => end.hash,
        Some(before) => {
            let hash = moment
                .prepare_cached("SELECT hash FROM record WHERE run = ? AND version = ?")
                .and_then(|mut hash| {
                    hash.query_row((end.id, Version(before)), |row| Ok(hash_in(row, 0)))
                })
                .optional()
                .map_err(failed)?;
            hash.flatten().ok_or_else(|| corrupt(Version(before)))?
        }
    };
    let mut query = moment
        .prepare_cached(
            "SELECT version, time, actor, key, entry, hash FROM record
             WHERE run = :run AND version >= :from ORDER BY version LIMIT :limit",
        )
        .map_err(failed)?;
    let bounds = named_params! {":run": end.id, ":from": from, ":limit": rows_of(limit)};
    let mut rows = query.query(bounds).map_err(failed)?;
    let (mut records, mut last, mut next) = (Vec::new(), after, from);
    while let Some(row) = rows.next().map_err(failed)? {
        let record = record(row).filter(|(record, entry)| {
            record.version == next && record.chained(&last, entry) == record.hash
        });
        let (record, _) = record.ok_or_else(|| corrupt(next))?;
        (last, next) = (record.hash, next.next());
        records.push(record);
    }
    let is_end = records.len() < limit;
    let is_past = next > end.version.next();
    if is_past || (is_end && (next != end.version.next() || last != end.hash)) {
        return Err(corrupt(if is_past { end.version.next() } else { next.min(end.version) }));
    }
    Ok(Page { after, records })
}

/// The record that was made for a request.
pub(super) fn keyed(
    connection: &mut Connection,
    run: &RunName,
    key: &RequestKey,
) -> Result<Option<Record>, StoreError> {
    let version: Option<Version> = connection
        .prepare_cached(
            "SELECT record.version FROM record JOIN run ON run.id = record.run
             WHERE run.name = ? AND record.key = ?",
        )
        .and_then(|mut query| {
            query.query_row((run.as_str(), key.as_str()), |row| row.get(0)).optional()
        })
        .map_err(failed)?;
    let Some(version) = version else { return Ok(None) };
    let page = page(connection, run, version, 1)?;
    Ok(page.records.into_iter().next().filter(|record| record.key.as_ref() == Some(key)))
}

/// The ends of histories.
pub(super) fn heads(
    connection: &Connection,
    after: Option<&RunName>,
    limit: usize,
) -> Result<Vec<Head>, StoreError> {
    let mut query = connection
        .prepare_cached(&format!("SELECT {HEAD} FROM run WHERE name > ? ORDER BY name LIMIT ?"))
        .map_err(failed)?;
    let after = after.map_or("", RunName::as_str);
    let heads = query.query_map((after, rows_of(limit)), |row| {
        let name: String = row.get(0)?;
        let run = RunName::try_from(name).map_err(|error| unreadable(0, error))?;
        if !is_sealed(row) {
            return Err(unreadable(6, NotTheHead(run)));
        }
        let time = time(row, 3)?.ok_or_else(|| unreadable(3, NotATime))?;
        let due = row.get::<_, Option<i64>>(4)?.and_then(DateTime::from_timestamp_micros);
        Ok(Head { run, version: row.get(1)?, state: row.get(2)?, time, due })
    });
    heads.map_err(failed)?.collect::<Result<_, _>>().map_err(failed)
}

/// When runs fall due.
pub(super) fn due(
    connection: &Connection,
    after: Option<&Due>,
    limit: usize,
) -> Result<Vec<Due>, StoreError> {
    let (time, name) =
        after.map_or((i64::MIN, ""), |after| (after.time.timestamp_micros(), after.run.as_str()));
    let mut query = connection
        .prepare_cached(
            "SELECT due, name FROM run WHERE due IS NOT NULL AND (due, name) > (?, ?)
             ORDER BY due, name LIMIT ?",
        )
        .map_err(failed)?;
    let all = query.query_map((time, name, rows_of(limit)), |row| {
        let time = self::time(row, 0)?.ok_or_else(|| unreadable(0, NotATime))?;
        let run = RunName::try_from(row.get::<_, String>(1)?).map_err(|e| unreadable(1, e))?;
        Ok(Due { time, run })
    });
    all.map_err(failed)?.collect::<Result<_, _>>().map_err(failed)
}

/// The last snapshot of a run, where it is whole.
pub(super) fn snapshot(
    connection: &Connection,
    run: &RunName,
) -> Result<Option<Snapshot>, StoreError> {
    let found = connection
        .prepare_cached(
            "SELECT snapshot.version, snapshot.hash, body, entered, snapshot.seal FROM snapshot
             JOIN run ON run.id = snapshot.run WHERE run.name = ?",
        )
        .and_then(|mut query| {
            let snapshot = |row: &Row<'_>| {
                let (Some(hash), Some(seal)) = (hash_in(row, 1), hash_in(row, 4)) else {
                    return Ok(None);
                };
                let (version, body) = (row.get(0)?, row.get(2)?);
                let entered = serde_json::from_str(row.get_ref(3)?.as_str()?);
                let snapshot =
                    entered.ok().map(|entered| Snapshot { version, hash, body, entered });
                Ok(snapshot.filter(|snapshot| snapshot.seal() == seal))
            };
            query.query_row([run.as_str()], snapshot).optional()
        });
    match found {
        Ok(snapshot) => Ok(snapshot.flatten()),
        // A damaged snapshot is none: the records tell the same.
        Err(rusqlite::Error::FromSqlConversionFailure(..)) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

/// What is left of the runs that were removed.
pub(super) fn tombstones(connection: &Connection) -> Result<Vec<Tombstone>, StoreError> {
    let mut query = connection
        .prepare_cached("SELECT name, version, hash, actor, time FROM tombstone ORDER BY run")
        .map_err(failed)?;
    let tombstones = query.query_map([], |row| {
        Ok(Tombstone {
            run: RunName::try_from(row.get::<_, String>(0)?).map_err(|e| unreadable(0, e))?,
            version: row.get(1)?,
            hash: hash_in(row, 2).ok_or_else(|| unreadable(2, crate::record::InvalidHash))?,
            actor: Principal::from(row.get::<_, String>(3)?),
            time: time(row, 4)?.ok_or_else(|| unreadable(4, NotATime))?,
        })
    });
    tombstones.map_err(failed)?.collect::<Result<_, _>>().map_err(failed)
}

/// The end of a run's history.
pub(super) struct End {
    pub(super) id: i64,
    pub(super) version: Version,
    pub(super) hash: Hash,
}

/// Where a run's history ends.
pub(super) fn end(connection: &Connection, run: &RunName) -> Result<Option<End>, StoreError> {
    let end = connection
        .prepare_cached("SELECT id, version, hash FROM run WHERE name = ?")
        .and_then(|mut end| {
            let end = end
                .query_row([run.as_str()], |row| Ok((row.get(0)?, row.get(1)?, hash_in(row, 2))));
            end.optional()
        })
        .map_err(failed)?;
    match end {
        None => Ok(None),
        Some((id, version, Some(hash))) => Ok(Some(End { id, version, hash })),
        Some((_, version, None)) => Err(StoreError::Corrupt { run: run.clone(), version }),
    }
}

impl ToSql for Version {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        // No history is that long.
        Ok(i64::try_from(self.0).unwrap_or(i64::MAX).into())
    }
}

impl FromSql for Version {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let version = value.as_i64()?;
        u64::try_from(version).map(Self).map_err(|_| FromSqlError::OutOfRange(version))
    }
}

fn rows_of(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// A record with the text of its entry, where both can be read.
fn record(row: &Row<'_>) -> Option<(Record, String)> {
    let entry: String = row.get(4).ok()?;
    let key: Option<String> = row.get(3).ok()?;
    let record = Record {
        version: row.get(0).ok()?,
        time: time(row, 1).ok()??,
        actor: Principal::from(row.get::<_, String>(2).ok()?),
        key: key.map(RequestKey::try_from).transpose().ok()?,
        entry: serde_json::from_str(&entry).ok()?,
        hash: hash_in(row, 5)?,
    };
    Some((record, entry))
}

pub(super) fn hash_in(row: &Row<'_>, place: usize) -> Option<Hash> {
    let bytes = row.get_ref(place).ok()?.as_blob().ok()?;
    bytes.try_into().ok().map(Hash)
}

fn time(row: &Row<'_>, place: usize) -> rusqlite::Result<Option<DateTime<Utc>>> {
    Ok(DateTime::from_timestamp_micros(row.get(place)?))
}

#[derive(Debug, thiserror::Error)]
#[error("the head of the run `{0}` is not as it was written")]
struct NotTheHead(RunName);

#[derive(Debug, thiserror::Error)]
#[error("it is no time")]
struct NotATime;

pub(super) fn unreadable(
    place: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(place, rusqlite::types::Type::Text, Box::new(error))
}

/// What an error of SQLite means to who asked.
pub(super) fn failed(error: rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    let is_damage = match &error {
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::Utf8Error(..)
        | rusqlite::Error::IntegralValueOutOfRange(..) => true,
        error => {
            matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
        }
    };
    if is_damage {
        StoreError::Damaged(Box::new(error))
    } else {
        StoreError::Unavailable(Box::new(error))
    }
}
