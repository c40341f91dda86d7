//! Records as they are read: each proven by its hash and the hash of the record before it.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::super::{Logged, Opening, Page, PageLimit, StoreError};
use super::head::{self, Sealed};
use super::snapshot;
use super::value::{failed, time};
use crate::caller::Principal;
use crate::record::{Actor, Hash, Position, Record, RequestKey, RunId, Version};

/// The columns of a record, in the order in which [`record`] takes them.
const COLUMNS: &str = "version, time, actor, key, entry, hash";

/// The snapshot of a run and the page that begins with its record.
pub(super) fn open(
    connection: &Connection,
    run: &RunId,
    limit: PageLimit,
) -> Result<Opening, StoreError> {
    let Some(found) = head::of(connection, run)? else {
        return Ok(Opening::new(None, Page::never_started()));
    };
    if let Some(snapshot) = snapshot::read(connection, found.id)?
        && snapshot.version <= found.head.version
    {
        let page = page_of(connection, found.clone(), snapshot.version, limit)?;
        if page.records.first().is_some_and(|record| record.hash == snapshot.hash) {
            return Ok(Opening::new(Some(snapshot), page));
        }
    }
    page_of(connection, found, Version::START, limit).map(|page| Opening::new(None, page))
}

/// A page of a run's history, whose chain holds and which ends where the run does.
pub(super) fn page(
    connection: &Connection,
    run: &RunId,
    from: Version,
    limit: PageLimit,
) -> Result<Page, StoreError> {
    match head::of(connection, run)? {
        Some(found) => page_of(connection, found, from, limit),
        None => Ok(Page::never_started()),
    }
}

fn page_of(
    connection: &Connection,
    Sealed { id, head }: Sealed,
    from: Version,
    limit: PageLimit,
) -> Result<Page, StoreError> {
    let end = head.version.next();
    if from > end {
        return Ok(Page::new(Some(head), Hash::NONE, Vec::new()));
    }
    let corrupt = |version| StoreError::Corrupt { run: head.run.clone(), version };
    let after = match from.0.checked_sub(1) {
        None => Hash::NONE,
        Some(before) if before == head.version.0 => head.hash,
        Some(before) => {
            hash(connection, id, Version(before))?.ok_or_else(|| corrupt(Version(before)))?
        }
    };
    let mut query = connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM record WHERE run = :run AND version >= :from ORDER BY version"
        ))
        .map_err(failed)?;
    let mut rows = query.query(named_params! {":run": id, ":from": from}).map_err(failed)?;
    let (mut records, mut size) = (Vec::new(), Size::new(limit));
    let (mut last, mut next) = (after, from);
    while let Some(row) = rows.next().map_err(failed)? {
        if next == end {
            return Err(corrupt(end));
        }
        if size.is_full() {
            drop(rows);
            return Ok(Page::new(Some(head), after, records));
        }
        let record = record(row, 0).filter(|(record, entry)| {
            record.version == next && record.chained(&last, entry) == record.hash
        });
        let (record, entry) = record.ok_or_else(|| corrupt(next))?;
        if !size.has_room(&entry) {
            drop(rows);
            return Ok(Page::new(Some(head), after, records));
        }
        (last, next) = (record.hash, next.next());
        records.push(record);
    }
    drop(rows);
    if next != end || last != head.hash {
        return Err(corrupt(next.min(head.version)));
    }
    Ok(Page::new(Some(head), after, records))
}

/// How much of a page is taken.
struct Size {
    limit: PageLimit,
    records: usize,
    bytes: usize,
}

impl Size {
    fn new(limit: PageLimit) -> Self {
        Self { limit, records: 0, bytes: 0 }
    }

    /// Whether no other record has room, whatever its length.
    fn is_full(&self) -> bool {
        self.records >= self.limit.records.max(1)
    }

    /// Takes the room of a record, if there is any. The first record has room in any case.
    fn has_room(&mut self, entry: &str) -> bool {
        self.bytes = self.bytes.saturating_add(entry.len());
        let fits = self.records < self.limit.records && self.bytes <= self.limit.bytes;
        let has_room = fits || self.records == 0;
        self.records += 1;
        has_room
    }
}

fn hash(connection: &Connection, id: i64, version: Version) -> Result<Option<Hash>, StoreError> {
    let hash = connection
        .prepare_cached("SELECT hash FROM record WHERE run = ? AND version = ?")
        .and_then(|mut hash| hash.query_row((id, version), |row| Ok(row.get(0).ok())).optional())
        .map_err(failed)?;
    Ok(hash.flatten())
}

/// The record that was made for a request.
pub(super) fn keyed(
    connection: &Connection,
    run: &RunId,
    principal: &Principal,
    key: &RequestKey,
) -> Result<Option<Record>, StoreError> {
    let Some(found) = head::of(connection, run)? else { return Ok(None) };
    let version: Option<Version> = connection
        .prepare_cached("SELECT version FROM record WHERE run = ? AND actor = ? AND key = ?")
        .and_then(|mut query| {
            let request = (found.id, principal.as_str(), key.as_str());
            query.query_row(request, |row| row.get(0)).optional()
        })
        .map_err(failed)?;
    let Some(version) = version else { return Ok(None) };
    let page = page_of(connection, found, version, PageLimit::new(1, usize::MAX))?;
    let is_made = |record: &Record| {
        record.key.as_ref() == Some(key) && record.actor.as_str() == principal.as_str()
    };
    Ok(page.records.into_iter().next().filter(is_made))
}

/// The records of all runs after a position. The page ends before a record that is not as it was written; if that is
/// the first, it is reported.
pub(super) fn log(
    connection: &Connection,
    after: Position,
    limit: PageLimit,
) -> Result<Vec<Logged>, StoreError> {
    let mut query = connection
        .prepare_cached(&format!(
            "SELECT position, run, {COLUMNS} FROM record WHERE position > ? ORDER BY position"
        ))
        .map_err(failed)?;
    let mut rows = query.query([after]).map_err(failed)?;
    let (mut all, mut size, mut chains) = (Vec::new(), Size::new(limit), Chains::new(connection));
    while let Some(row) = rows.next().map_err(failed)? {
        let (logged, entry) = match chains.next(row) {
            Ok(Some(logged)) => logged,
            Ok(None) => continue,
            Err(_) if !all.is_empty() => break,
            Err(error) => return Err(error),
        };
        if !size.has_room(&entry) {
            break;
        }
        all.push(logged);
    }
    Ok(all)
}

/// Whether the record at a position is as it was written.
pub(super) fn is_written(connection: &Connection, position: Position) -> Result<bool, StoreError> {
    let before = Position(position.0.saturating_sub(1));
    match log(connection, before, PageLimit::new(1, 0)) {
        Ok(logged) => Ok(logged.first().is_some_and(|logged| logged.position == position)),
        Err(StoreError::Corrupt { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The runs of a page of the log, each with the record that was read last.
struct Chains<'c> {
    connection: &'c Connection,
    runs: HashMap<i64, Option<Sealed>>,
    last: HashMap<i64, (Version, Hash)>,
}

impl<'c> Chains<'c> {
    fn new(connection: &'c Connection) -> Self {
        Self { connection, runs: HashMap::new(), last: HashMap::new() }
    }

    /// The record in a row, with the text of its entry; `None` if its run was removed.
    fn next(&mut self, row: &Row<'_>) -> Result<Option<(Logged, String)>, StoreError> {
        let (position, id): (Position, i64) =
            row.get(0).and_then(|position| Ok((position, row.get(1)?))).map_err(failed)?;
        let known = match self.runs.get(&id) {
            Some(known) => known.clone(),
            None => {
                let found = head::numbered(self.connection, id)?;
                self.runs.insert(id, found.clone());
                found
            }
        };
        let Some(found) = known else { return Ok(None) };
        let Sealed { head, .. } = found.sound()?;
        let version: Version = row.get(2).unwrap_or_default();
        let corrupt = || StoreError::Corrupt { run: head.run.clone(), version };
        let before = match (self.last.get(&id), version.0.checked_sub(1)) {
            (_, None) => Hash::NONE,
            (Some((last, hash)), Some(before)) if last.0 == before => *hash,
            (_, Some(before)) => hash(self.connection, id, Version(before))?.ok_or_else(corrupt)?,
        };
        let (record, entry) = record(row, 2)
            .filter(|(record, entry)| record.chained(&before, entry) == record.hash)
            .filter(|(record, _)| record.version != head.version || record.hash == head.hash)
            .filter(|(record, _)| record.version <= head.version)
            .ok_or_else(corrupt)?;
        self.last.insert(id, (version, record.hash));
        Ok(Some((Logged::new(position, head.run, record), entry)))
    }
}

/// A record with the text of its entry, if both can be read.
pub(super) fn record(row: &Row<'_>, first: usize) -> Option<(Record, String)> {
    let entry: String = row.get(first + 4).ok()?;
    let key: Option<String> = row.get(first + 3).ok()?;
    let record = Record::stored(
        row.get(first).ok()?,
        time(row, first + 1)?,
        Actor::try_from(row.get::<_, String>(first + 2).ok()?).ok()?,
        key.map(RequestKey::try_from).transpose().ok()?,
        serde_json::from_str(&entry).ok()?,
        row.get(first + 5).ok()?,
    );
    Some((record, entry))
}
