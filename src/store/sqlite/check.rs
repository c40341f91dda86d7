//! What is checked when a store is opened: that the file is sound, and that nothing is lost to an index.
//!
//! Damage to a run's own rows is passed over here. It is found by whoever reads the run, and concerns that run alone.

use rusqlite::{Connection, OptionalExtension};

use super::error::OpenCause;
use super::head::{self, COLUMNS, Sealed};
use super::place::Place;
use super::read;
use crate::record::Position;

/// The largest file that is checked whole when it is opened; with a larger one that would be felt.
const CHECKED: u64 = 8 << 20;

/// The most runs whose heads are checked when the file is opened, and by which they are found, for the same reason.
const CHECKED_RUNS: i64 = 5_000;

/// The most complaints of SQLite that are looked at.
const COMPLAINTS: i64 = 100;

/// Checks a store that is opened, as far as that is not felt.
pub(super) fn check(connection: &Connection, place: &Place) -> Result<(), OpenCause> {
    check_names(connection)?;
    if place.held.file().metadata()?.len() > CHECKED {
        return Ok(());
    }
    for complaint in complaints(connection, COMPLAINTS)? {
        if !is_of_a_run(connection, &complaint)? {
            return Err(OpenCause::Damaged(complaint));
        }
    }
    Ok(())
}

/// Checks all of a store.
pub(super) fn check_whole(connection: &Connection) -> Result<(), OpenCause> {
    complaints(connection, 1)?.pop().map_or(Ok(()), |found| Err(OpenCause::Damaged(found)))
}

/// Looks whether each run is found by its name.
fn check_names(connection: &Connection) -> Result<(), OpenCause> {
    let mut runs = connection.prepare(&format!("SELECT {COLUMNS} FROM run NOT INDEXED LIMIT ?"))?;
    let mut rows = runs.query([CHECKED_RUNS])?;
    while let Some(row) = rows.next()? {
        let run = head::identity(row.get(0)?, head::text(row, 1), head::text(row, 2));
        let written = Sealed::read(row, run)?;
        if written.head.is_damaged {
            continue;
        }
        let run = &written.head.run;
        let found: Option<i64> = connection
            .prepare_cached(
                "SELECT id FROM run INDEXED BY run_by_name WHERE owner = ? AND name = ?",
            )?
            .query_row((run.owner.as_str(), run.name.as_str()), |row| row.get(0))
            .optional()?;
        if found != Some(written.id) {
            let what = format!("the run `{}` is not found by its name", run.name);
            return Err(OpenCause::Damaged(what));
        }
    }
    Ok(())
}

/// What SQLite finds wrong in the file.
fn complaints(connection: &Connection, most: i64) -> Result<Vec<String>, OpenCause> {
    let mut check = connection.prepare(&format!("PRAGMA integrity_check({most})"))?;
    let complaints = check.query_map([], |row| row.get::<_, String>(0))?;
    let mut complaints = complaints.collect::<Result<Vec<_>, _>>()?;
    complaints.retain(|complaint| complaint != "ok");
    Ok(complaints)
}

/// Whether a complaint is of a row of one run that is not as it was written, and not of an index.
fn is_of_a_run(connection: &Connection, complaint: &str) -> Result<bool, OpenCause> {
    let missing = complaint.strip_prefix("row ").and_then(|rest| {
        let (row, index) = rest.split_once(" missing from index ")?;
        Some((row.parse::<i64>().ok()?, index))
    });
    let is_damaged = match missing {
        Some((row, index)) if index.starts_with("record_by_") => {
            let position = Position(u64::try_from(row).unwrap_or_default());
            !read::is_written(connection, position).map_err(OpenCause::from)?
        }
        Some((row, index)) if index.starts_with("run_by_") => {
            let found = head::numbered(connection, row).map_err(OpenCause::from)?;
            found.is_none_or(|found| found.head.is_damaged)
        }
        _ => false,
    };
    Ok(is_damaged)
}
