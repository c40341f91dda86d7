//! The file: how it is made and opened.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::error::OpenCause;
use super::guard::Marks;
use super::place::Place;

/// `Lvrf`, by which a file is known as a store of runs.
const APPLICATION: i64 = 0x4c76_7266;

/// The first SQLite without the fault by which a log that is begun anew may lose pages.
const OLDEST: i32 = 3_051_003;

/// How long a process waits for another that writes.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// How much of the file a connection keeps in memory, where it is used, in KiB; SQLite wants it below zero. The pages of
/// a thousand runs and of their index fit.
const CACHE: i64 = -16_384;

/// How a file that is there is opened. A name is never taken for more than a path.
pub(super) const READ_WRITE: OpenFlags =
    OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

/// The form of the file that `first.sql` makes.
const FORM: i64 = 1;

/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 64;

/// A connection to the store, with all its settings set and read back, and whether the store was made by it.
pub(super) fn connect(place: &Place) -> Result<(Connection, bool), OpenCause> {
    connected(place).inspect_err(|_| place.discard())
}

fn connected(place: &Place) -> Result<(Connection, bool), OpenCause> {
    if rusqlite::version_number() < OLDEST {
        return Err(OpenCause::Old(rusqlite::version()));
    }
    // Before anything is written, and so before a foreign file could be changed.
    let (mut connection, is_empty) = accepted(place)?;
    set(&connection, "journal_mode", "wal", "keep a log")?;
    read_back(&connection, "synchronous", 2, "wait for the disk")?;
    if is_empty {
        make(&mut connection)?;
    }
    Ok((connection, is_empty))
}

/// A connection that only reads, after one that was opened by [`connect`].
pub(super) fn reading(place: &Place) -> rusqlite::Result<Connection> {
    let connection = open(&place.file)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// A connection that may write, after one that was opened by [`connect`].
pub(super) fn writing(place: &Place) -> rusqlite::Result<Connection> {
    open(&place.file)
}

/// A connection to a store that is only read from and need not be used by anybody.
pub(super) fn source(place: &Place) -> Result<Connection, OpenCause> {
    let (connection, is_empty) = accepted(place)?;
    connection.pragma_update(None, "query_only", true)?;
    if is_empty { Err(OpenCause::Foreign) } else { Ok(connection) }
}

/// A connection to a file that may be a store, and whether it is to be made one.
fn accepted(place: &Place) -> Result<(Connection, bool), OpenCause> {
    let index = place.beside("-shm");
    let had_index = index.exists();
    let mut connection = open(&place.file)?;
    let found = is_empty(&mut connection, place);
    if let Err(OpenCause::OtherLog) = found
        && !had_index
    {
        drop(connection);
        // SQLite has made it to read the log. Nobody else has a use for it, since all are refused.
        let _ = std::fs::remove_file(index);
        return Err(OpenCause::OtherLog);
    }
    found.map(|is_empty| (connection, is_empty))
}

/// A connection that leaves the log as it is, also at its end: the store moves it into the file by itself.
fn open(file: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(file, READ_WRITE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "synchronous", "full")?;
    for name in ["fullfsync", "checkpoint_fullfsync", "foreign_keys", "recursive_triggers"] {
        connection.pragma_update(None, name, true)?;
    }
    // What a savepoint keeps is no use to anybody in a file beside the store.
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "cache_size", CACHE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// Whether the file is to be made a store. A file that is not one, and a log that belongs to another file, are refused
/// and left as they are.
fn is_empty(connection: &mut Connection, place: &Place) -> Result<bool, OpenCause> {
    let has_log = place.has_log();
    // One moment of the file: another process may be making it.
    let moment = connection.transaction()?;
    let fits = || -> Result<Option<bool>, OpenCause> {
        let Some(_) = known(&moment)? else { return Ok(None) };
        Ok(Some(Marks::read(&moment, place)?.fit()))
    };
    let found = match fits() {
        Ok(None) => Ok(true),
        Ok(Some(true)) => Ok(false),
        Ok(Some(false)) | Err(OpenCause::Damaged(_)) if has_log => Err(OpenCause::OtherLog),
        Ok(Some(false)) => Err(OpenCause::Torn),
        Err(error) => Err(error),
    };
    drop(moment);
    if found.is_err() && !has_log {
        // What SQLite has made beside the file goes with the connection, since there is nothing to move.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    }
    found
}

/// The form of the file; `None` if it is empty.
fn known(connection: &Connection) -> Result<Option<i64>, OpenCause> {
    let application: i64 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if (application, tables) == (0, 0) {
        return Ok(None);
    }
    if application != APPLICATION {
        return Err(OpenCause::Foreign);
    }
    match connection.query_row("SELECT form FROM store", [], |row| row.get(0))? {
        FORM => Ok(Some(FORM)),
        found => Err(OpenCause::Form { found, known: FORM }),
    }
}

fn make(connection: &mut Connection) -> Result<(), OpenCause> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have done it meanwhile.
    if known(&transaction)?.is_none() {
        transaction.execute_batch(include_str!("first.sql"))?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        Marks::begin(&transaction)?;
    }
    Ok(transaction.commit()?)
}

fn set(
    connection: &Connection,
    name: &'static str,
    value: &str,
    aim: &'static str,
) -> Result<(), OpenCause> {
    // SQLite does not wait by itself for a process that turns on the log at the same time.
    let begin = std::time::Instant::now();
    loop {
        // The answer comes before the work is done, so that its failure shows only at the step after it.
        let answers =
            connection.prepare(&format!("PRAGMA {name} = {value}")).and_then(|mut set| {
                set.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()
            });
        match answers {
            Ok(answers) if answers == [value] => return Ok(()),
            Ok(_) => return Err(OpenCause::Setting(aim)),
            Err(error)
                if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
                    && begin.elapsed() < PATIENCE =>
            {
                std::thread::yield_now();
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn read_back(
    connection: &Connection,
    name: &str,
    value: i64,
    aim: &'static str,
) -> Result<(), OpenCause> {
    let found: i64 = connection.pragma_query_value(None, name, |row| row.get(0))?;
    if found == value { Ok(()) } else { Err(OpenCause::Setting(aim)) }
}
