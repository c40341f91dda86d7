//! The file: how it is made, opened and checked.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::error::OpenCause;
use super::head::{self, COLUMNS, Sealed};

/// `Lvrf`, by which a file is known as a store of runs.
const APPLICATION: i64 = 0x4c76_7266;

/// The first SQLite without the fault by which a log that is begun anew may lose pages.
const OLDEST: i32 = 3_051_003;

/// How long a process waits for another that writes.
const PATIENCE: Duration = Duration::from_secs(10);

/// The largest file that is checked whole when it is opened; with a larger one that would be felt.
const CHECKED: u64 = 8 << 20;

/// How much of the file a connection keeps in memory, where it is used, in KiB; SQLite wants it below zero. The pages of
/// a thousand runs and of their index fit.
const CACHE: i64 = -16_384;

/// How many pages the log may have before a commit moves them into the file: 16 MiB. What is written again and again is
/// moved once, few callers wait for it, and after a power cut no more is read.
const LOG: i64 = 4096;

/// The most runs whose heads are checked when the file is opened, and by which they are found, for the same reason.
const CHECKED_RUNS: i64 = 5_000;

/// The form of the file that `first.sql` makes.
const FORM: i64 = 1;

/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 64;

/// Sees to it that there is a file, in a folder, both for their user alone, and that it may be a store.
pub(super) fn prepare(path: &Path) -> Result<(), OpenCause> {
    // For writing, though it is only read here: SQLite would take a file that it may not write for one to read from.
    match OpenOptions::new().read(true).write(true).open(path) {
        Ok(mut file) => {
            let mut beginning = Vec::new();
            file.by_ref().take(16).read_to_end(&mut beginning)?;
            // While a file is made, the power may go: then its beginning is missing, and SQLite undoes it by its journal.
            let is_half_made = || {
                let mut journal = path.as_os_str().to_owned();
                journal.push("-journal");
                Path::new(&journal).exists()
            };
            let fits = beginning.is_empty() || beginning == b"SQLite format 3\0";
            if fits || is_half_made() { Ok(()) } else { Err(OpenCause::Foreign) }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => match create_new(path) {
            // Another process was faster.
            Err(OpenCause::Exists) => Ok(()),
            done => done,
        },
        Err(error) => Err(error.into()),
    }
}

/// Makes an empty file.
pub(super) fn create_new(path: &Path) -> Result<(), OpenCause> {
    let mut folder = DirBuilder::new();
    let mut file = OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        folder.mode(0o700);
        file.mode(0o600);
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        folder.recursive(true).create(parent)?;
        // Before there is a file, so that whoever finds one may trust that the power does not take its folders.
        for above in std::path::absolute(parent)?.ancestors().skip(1) {
            sync_folder(above)?;
        }
    }
    match file.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(OpenCause::Exists),
        Err(error) => Err(error.into()),
    }
}

/// Lets the names in a folder outlive the power, as a sync of a file does for what is in it.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // A folder that its user may not read is not one of ours, and some disks sync no folders.
        Err(error) if matches!(error.kind(), PermissionDenied | InvalidInput | Unsupported) => {
            Ok(())
        }
        done => done,
    }
}

/// A connection to the store, with all its settings set and read back.
pub(super) fn connect(path: &Path) -> Result<Connection, OpenCause> {
    if rusqlite::version_number() < OLDEST {
        return Err(OpenCause::Old(rusqlite::version()));
    }
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    // Before anything is written, and so before a foreign file could be changed.
    let form = {
        // One moment of the file: another process may be making it.
        let moment = connection.transaction()?;
        known(&moment)?
    };
    set(&connection, "journal_mode", "wal", "keep a log")?;
    connection.pragma_update(None, "synchronous", "full")?;
    read_back(&connection, "synchronous", 2, "wait for the disk")?;
    for name in ["fullfsync", "checkpoint_fullfsync", "foreign_keys", "recursive_triggers"] {
        connection.pragma_update(None, name, true)?;
    }
    // What a savepoint keeps is no use to anybody in a file beside the store.
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "cache_size", CACHE)?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    if form.is_none() {
        make(&mut connection)?;
    }
    Ok(connection)
}

/// A connection that only reads.
pub(super) fn reading(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "cache_size", CACHE)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "query_only", true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
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
    }
    Ok(transaction.commit()?)
}

/// Looks for damage that a reader of one run would not see: a run that is not found by its name any more. A head that
/// does not fit its seal is not looked at: it is found as damaged by whoever reads it.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<(), OpenCause> {
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
            return Err(OpenCause::Damaged(format!(
                "the run `{}` is not found by its name",
                run.name
            )));
        }
    }
    drop(rows);
    if path.metadata()?.len() > CHECKED {
        return Ok(());
    }
    let found: String = connection.query_row("PRAGMA quick_check", [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(OpenCause::Damaged(found)) }
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
