//! Writing a whole history, which is read meanwhile.

use rusqlite::Connection;

use super::super::{Append, Head, Import, StoreError};
use super::append::{self, Positions};
use super::{head, notes};
use crate::record::{Hash, Position, Version};

/// Adds a run with all its records. The caller undoes it where it fails.
pub(super) fn import(
    connection: &Connection,
    import: Import,
    positions: &mut Positions,
) -> Result<Position, StoreError> {
    let Import { run, records, due, declaration, standing } = import;
    if let Some(found) = head::any(connection, &run)? {
        return Err(StoreError::Conflict { actual: Some(found.head.version) });
    }
    let id = head::take_id(connection).map_err(super::value::failed)?;
    let (mut end, mut next) = (None, Version::START);
    let mut parent = None;
    for record in records {
        let record = record.map_err(StoreError::Import)?;
        if record.version != next {
            return Err(StoreError::Corrupt { run, version: next });
        }
        if append::is_known(connection, id, &record)? {
            let reason = format!("record {next} has the request key of an earlier record");
            return Err(StoreError::Import(reason.into()));
        }
        let position = positions.take(connection)?;
        append::insert(connection, position, id, &record)?;
        parent = parent.or_else(|| record.entry.parent().cloned());
        next = next.next();
        end = Some((position, record));
    }
    let Some((position, last)) = end else {
        return Err(StoreError::Import("it has no records".into()));
    };
    let time = last.time;
    let append = Append::new(run, Hash::NONE, vec![last], declaration).due_at(due);
    if let Some(head) = Head::after(&append) {
        head::start(connection, &Head { parent, ..head })?;
    }
    if let Some(standing) = standing {
        notes::stand(connection, id, &standing, time)?;
    }
    Ok(position)
}
