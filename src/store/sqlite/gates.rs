//! Requests on which a person has to decide.

use rusqlite::{Connection, OptionalExtension, Row};

use super::super::StoreError;
use super::super::gate::{Denial, GateRequest};
use super::read::{self, failed, hash_in, unreadable};
use crate::record::{Hash, RunName};

/// Keeps a request, where the history ends with the record `after`.
pub(super) fn ask(
    connection: &Connection,
    run: &RunName,
    after: Hash,
    request: &GateRequest,
) -> Result<(), StoreError> {
    let end = read::end(connection, run)?;
    let actual = end.as_ref().map(|end| end.version);
    let Some(end) = end.filter(|end| end.hash == after) else {
        return Err(StoreError::Conflict { actual });
    };
    let body = written(request);
    let (after, id, seal) = (after.0.as_slice(), request.id(), seal(&body));
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO gate (run, after, request, body, seal) VALUES (?, ?, ?, ?, ?)",
        )
        .and_then(|mut ask| ask.execute((end.id, after, id.0.as_slice(), &body, seal.0.as_slice())))
        .map(drop)
        .map_err(failed)
}

/// The requests that stand.
pub(super) fn asked(
    connection: &Connection,
    run: &RunName,
) -> Result<Vec<GateRequest>, StoreError> {
    let mut query = connection
        .prepare_cached(
            "SELECT body, gate.seal FROM gate JOIN run ON run.id = gate.run AND run.hash = gate.after
             WHERE run.name = ? ORDER BY number",
        )
        .map_err(failed)?;
    let requests = query.query_map([run.as_str()], request);
    requests.map_err(failed)?.collect::<Result<_, _>>().map_err(failed)
}

/// Keeps that a request was denied.
pub(super) fn deny(
    connection: &Connection,
    run: &RunName,
    id: Hash,
    denial: Denial,
) -> Result<(), StoreError> {
    let actual = read::end(connection, run)?.map(|end| end.version);
    let found = connection
        .prepare_cached(
            "SELECT body, gate.seal, number FROM gate
             JOIN run ON run.id = gate.run AND run.hash = gate.after
             WHERE run.name = ? AND request = ?",
        )
        .and_then(|mut query| {
            let found = |row: &Row<'_>| Ok((request(row)?, row.get::<_, i64>(2)?));
            query.query_row((run.as_str(), id.0.as_slice()), found).optional()
        })
        .map_err(failed)?;
    let Some((request, number)) = found.filter(|(request, _)| request.denial.is_none()) else {
        return Err(StoreError::Conflict { actual });
    };
    let body = written(&GateRequest { denial: Some(denial), ..request });
    connection
        .prepare_cached("UPDATE gate SET body = ?, seal = ? WHERE number = ?")
        .and_then(|mut deny| deny.execute((&body, seal(&body).0.as_slice(), number)))
        .map(drop)
        .map_err(failed)
}

fn request(row: &Row<'_>) -> rusqlite::Result<GateRequest> {
    let body: String = row.get(0)?;
    if hash_in(row, 1) != Some(seal(&body)) {
        return Err(unreadable(1, NotTheRequest));
    }
    serde_json::from_str(&body).map_err(|error| unreadable(0, error))
}

fn written(request: &GateRequest) -> String {
    serde_json::to_string(request).expect("a request has only keys that are texts")
}

fn seal(body: &str) -> Hash {
    Hash::of(&[body.as_bytes()])
}

#[derive(Debug, thiserror::Error)]
#[error("a request for a gate is not as it was written")]
struct NotTheRequest;
