//! The heads of runs, each read with its seal.

use rusqlite::{Connection, OptionalExtension, Row};

use super::super::{Head, StoreError};
use super::value::{failed, micros, time};
use crate::caller::Principal;
use crate::record::{Configuration, Hash, RunId, RunName, Version};

/// The columns of a head, in the order in which [`Sealed::read`] takes them.
pub(super) const COLUMNS: &str = "run.id, run.owner, run.name, run.version, run.configuration, \
     run.time, run.due, run.declaration, run.hash, run.seal, run.parent";

/// The number of these columns.
pub(super) const WIDTH: usize = 11;

/// The name of a run whose own name or owner cannot be read begins with this and ends with its number.
const NAMELESS: &str = "damaged-";

/// The owner of a run whose own owner cannot be read.
const OWNERLESS: &str = "damaged";

/// A run's place in the file, and its head.
#[derive(Debug, Clone)]
pub(super) struct Sealed {
    pub(super) id: i64,
    pub(super) head: Head,
}

impl Sealed {
    /// The head in a row, which was found as the one of `run`. A head that does not fit its seal, or is another run's,
    /// is damaged.
    pub(super) fn read(row: &Row<'_>, run: RunId) -> rusqlite::Result<Self> {
        let id = row.get(0)?;
        let head = Self::proven(row, id, &run).unwrap_or_else(|| Head {
            run,
            version: row.get(3).unwrap_or_default(),
            hash: row.get(8).unwrap_or(Hash::NONE),
            configuration: configuration(row).unwrap_or_else(|| Configuration::of("")),
            time: time(row, 5).unwrap_or_default(),
            due: None,
            declaration: row.get(7).unwrap_or(Hash::NONE),
            parent: None,
            is_damaged: true,
        });
        Ok(Self { id, head })
    }

    fn proven(row: &Row<'_>, id: i64, run: &RunId) -> Option<Head> {
        let text = |column| row.get_ref(column).ok()?.as_str().ok();
        if (text(1)?, text(2)?) != (run.owner.as_str(), run.name.as_str()) {
            return None;
        }
        let head = Head {
            run: run.clone(),
            version: row.get(3).ok()?,
            hash: row.get(8).ok()?,
            configuration: configuration(row)?,
            time: time(row, 5)?,
            due: match row.get::<_, Option<i64>>(6).ok()? {
                Some(_) => Some(time(row, 6)?),
                None => None,
            },
            declaration: row.get(7).ok()?,
            parent: match row.get::<_, Option<String>>(10).ok()? {
                Some(parent) => Some(serde_json::from_str(&parent).ok()?),
                None => None,
            },
            is_damaged: false,
        };
        (seal(id, &head, text(4)?) == row.get(9).ok()?).then_some(head)
    }

    /// The head, if it is as it was written.
    pub(super) fn sound(self) -> Result<Self, StoreError> {
        if self.head.is_damaged { Err(self.corrupt()) } else { Ok(self) }
    }

    pub(super) fn corrupt(&self) -> StoreError {
        StoreError::Corrupt { run: self.head.run.clone(), version: self.head.version }
    }
}

fn configuration(row: &Row<'_>) -> Option<Configuration> {
    serde_json::from_str(row.get_ref(4).ok()?.as_str().ok()?).ok()
}

/// The hash of everything in a head, and of the run's number, which ties the head to its records.
fn seal(id: i64, head: &Head, configuration: &str) -> Hash {
    let due = head.due.map(|due| micros(due).to_be_bytes());
    Hash::of(&[
        &id.to_be_bytes(),
        head.run.owner.as_str().as_bytes(),
        head.run.name.as_str().as_bytes(),
        &head.version.0.to_be_bytes(),
        configuration.as_bytes(),
        &micros(head.time).to_be_bytes(),
        due.as_ref().map_or(&[][..], |due| due),
        &head.declaration.0,
        &head.hash.0,
        parent(head).unwrap_or_default().as_bytes(),
    ])
}

/// The head of a run, damaged or not.
pub(super) fn any(connection: &Connection, run: &RunId) -> Result<Option<Sealed>, StoreError> {
    // In two steps: in one, SQLite takes owner and name from the index, and damage to the row is not seen.
    let mut query = connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM run WHERE id =
             (SELECT id FROM run INDEXED BY run_by_name WHERE owner = ? AND name = ?)"
        ))
        .map_err(failed)?;
    let found = query
        .query_row((run.owner.as_str(), run.name.as_str()), |row| Sealed::read(row, run.clone()))
        .optional()
        .map_err(failed)?;
    match (found, run.name.as_str().strip_prefix(NAMELESS)) {
        (None, Some(number)) => nameless(connection, run, number),
        (found, _) => Ok(found),
    }
}

/// The head that [`identity`] gave this name.
fn nameless(
    connection: &Connection,
    run: &RunId,
    number: &str,
) -> Result<Option<Sealed>, StoreError> {
    let mut query = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM run WHERE id = ?"))
        .map_err(failed)?;
    let found = query
        .query_row([number.parse::<i64>().unwrap_or_default()], |row| {
            let is_nameless = identity(row.get(0)?, text(row, 1), text(row, 2)) == *run;
            Ok(is_nameless.then(|| Sealed::read(row, run.clone())))
        })
        .optional()
        .map_err(failed)?;
    found.flatten().transpose().map_err(failed)
}

/// The head of a run, as it was written.
pub(super) fn of(connection: &Connection, run: &RunId) -> Result<Option<Sealed>, StoreError> {
    any(connection, run)?.map(Sealed::sound).transpose()
}

/// The head of the run with this number, damaged or not.
pub(super) fn numbered(connection: &Connection, id: i64) -> Result<Option<Sealed>, StoreError> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM run WHERE id = ?"))
        .and_then(|mut query| {
            let head = |row: &Row<'_>| {
                Sealed::read(row, identity(row.get(0)?, text(row, 1), text(row, 2)))
            };
            query.query_row([id], head).optional()
        })
        .map_err(failed)
}

pub(super) fn text(row: &Row<'_>, column: usize) -> Option<String> {
    row.get(column).ok()
}

/// The identity of a run, also if it cannot be read.
pub(super) fn identity(id: i64, owner: Option<String>, name: Option<String>) -> RunId {
    let owner = owner.and_then(|owner| Principal::try_from(owner).ok());
    let name = name.and_then(|name| RunName::try_from(name).ok());
    match (owner, name) {
        (Some(owner), Some(name)) => RunId::new(owner, name),
        (owner, _) => {
            let owner = owner.unwrap_or_else(|| OWNERLESS.parse().expect("printable text"));
            let name = format!("{NAMELESS}{id}").parse();
            RunId::new(owner, name.expect("letters, digits and `-`, at most 28"))
        }
    }
}

/// A number that no run has had.
pub(super) fn take_id(connection: &Connection) -> rusqlite::Result<i64> {
    connection
        .prepare_cached("SELECT max(run, coalesce((SELECT max(id) FROM run), 0)) + 1 FROM store")?
        .query_row([], |row| row.get(0))
}

/// Writes the head of a new run.
pub(super) fn start(connection: &Connection, head: &Head) -> Result<i64, StoreError> {
    let make = || -> rusqlite::Result<i64> {
        let id = take_id(connection)?;
        let configuration = json(head);
        let seal = seal(id, head, &configuration);
        let (owner, name) = (head.run.owner.as_str(), head.run.name.as_str());
        let (time, due) = (micros(head.time), head.due.map(micros));
        connection
            .prepare_cached(
                "INSERT INTO run (id, owner, name, version, configuration, time, due, declaration,
                 hash, seal, parent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute((
                id,
                owner,
                name,
                head.version,
                configuration,
                time,
                due,
                head.declaration,
                head.hash,
                seal,
                parent(head),
            ))?;
        Ok(id)
    };
    make().map_err(failed)
}

/// Writes over the head of a run, whose parent stays.
pub(super) fn advance(connection: &Connection, id: i64, head: &Head) -> Result<(), StoreError> {
    let configuration = json(head);
    let seal = seal(id, head, &configuration);
    let (time, due) = (micros(head.time), head.due.map(micros));
    connection
        .prepare_cached(
            "UPDATE run SET version = ?, configuration = ?, time = ?, due = ?, declaration = ?,
             hash = ?, seal = ? WHERE id = ?",
        )
        .and_then(|mut update| {
            let values =
                (head.version, configuration, time, due, head.declaration, head.hash, seal, id);
            update.execute(values)
        })
        .map(drop)
        .map_err(failed)
}

/// The parent as JSON, the text that the seal covers.
fn parent(head: &Head) -> Option<String> {
    let parent = head.parent.as_ref()?;
    Some(serde_json::to_string(parent).expect("all keys are texts"))
}

fn json(head: &Head) -> String {
    serde_json::to_string(&head.configuration).expect("a list of texts")
}

/// The version of a run, for an answer that its history ends elsewhere.
pub(super) fn version(head: Option<&Sealed>) -> Option<Version> {
    head.map(|found| found.head.version)
}
