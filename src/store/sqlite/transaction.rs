//! Parts of a transaction.

use rusqlite::Connection;

use super::super::StoreError;
use super::value::failed;

/// Runs a statement that takes and answers nothing.
pub(super) fn execute(connection: &Connection, statement: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(statement)?.execute([]).map(drop)
}

/// Whether the transaction goes on. A failure of the disk may have ended it, and what is written then would be
/// committed by itself.
pub(super) fn goes_on(connection: &Connection) -> Result<(), StoreError> {
    if connection.is_autocommit() {
        return Err(StoreError::Unavailable("the transaction was given up".into()));
    }
    Ok(())
}

/// Does one thing so that its failure undoes it alone.
pub(super) fn alone<T>(
    connection: &Connection,
    act: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    goes_on(connection)?;
    connection.execute_batch("SAVEPOINT task").map_err(failed)?;
    let done = act();
    let end = if done.is_ok() { "RELEASE task" } else { "ROLLBACK TO task; RELEASE task" };
    connection.execute_batch(end).map_err(failed)?;
    done
}
