//! The file: how it is made, opened, and brought up to the present form.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, Row, TransactionBehavior};

use super::{Fault, OpenCause};
use crate::record::Hash;

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

/// What leads from each form of the file to the next.
const MIGRATIONS: [&str; 1] = [include_str!("first.sql")];

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
pub(super) fn connect(path: &Path, fault: Fault) -> Result<Connection, OpenCause> {
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
    let synchronous = if fault == Fault::SyncNormal { ("normal", "1") } else { ("full", "2") };
    connection.pragma_update(None, "synchronous", synchronous.0)?;
    read_back(&connection, "synchronous", synchronous.1, "wait for the disk")?;
    for name in ["fullfsync", "checkpoint_fullfsync", "foreign_keys", "recursive_triggers"] {
        connection.pragma_update(None, name, true)?;
    }
    // What a savepoint keeps is no use to anybody in a file beside the store.
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "cache_size", CACHE)?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG)?;
    if form < known_forms() {
        migrate(&mut connection)?;
    }
    Ok(connection)
}

fn known_forms() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// The form of the file: 0 where it is empty.
fn known(connection: &Connection) -> Result<i64, OpenCause> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (application, form) = (pragma("application_id")?, pragma("user_version")?);
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION && (application, form, tables) != (0, 0, 0) {
        return Err(OpenCause::Foreign);
    }
    if form > known_forms() {
        return Err(OpenCause::Newer { found: form, known: known_forms() });
    }
    Ok(form)
}

fn migrate(connection: &mut Connection) -> Result<(), OpenCause> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have done it meanwhile.
    let form = known(&transaction)?;
    for migration in MIGRATIONS.iter().skip(usize::try_from(form).unwrap_or_default()) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", known_forms())?;
    Ok(transaction.commit()?)
}

/// Looks for damage that a reader of one run would not see: a run that is not found by its name any more.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<(), OpenCause> {
    let mut runs = connection.prepare(&format!("SELECT {HEAD} FROM run NOT INDEXED LIMIT ?"))?;
    let mut rows = runs.query([CHECKED_RUNS])?;
    while let Some(row) = rows.next()? {
        if !is_sealed(row) {
            let name = row.get_ref(0)?.as_str().unwrap_or_default();
            return Err(OpenCause::Damaged(format!("the head of the run `{name}`")));
        }
    }
    drop(rows);
    let is_small = path.metadata()?.len() <= CHECKED;
    let are_few = connection.query_row(
        "SELECT count(*) <= ?1 FROM (SELECT 1 FROM run LIMIT ?1 + 1)",
        [CHECKED_RUNS],
        |row| row.get(0),
    )?;
    let checked = match (is_small, are_few) {
        (true, _) => "integrity_check(1)",
        // The heads with the index by which a run is found.
        (false, true) => "integrity_check(run)",
        (false, false) => return Ok(()),
    };
    let found: String = connection.query_row(&format!("PRAGMA {checked}"), [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(OpenCause::Damaged(found)) }
}

/// The columns of a run's head, as [`is_sealed`] takes them.
pub(super) const HEAD: &str = "name, version, state, time, due, hash, seal";

/// The hash of a run's head, by which damage to the name and to what a list tells is seen.
pub(super) fn seal(
    name: &str,
    version: i64,
    state: &str,
    (time, due): (i64, Option<i64>),
    hash: &[u8],
) -> Hash {
    let (version, time) = (version.to_be_bytes(), time.to_be_bytes());
    let due = due.map(i64::to_be_bytes);
    let due = due.as_ref().map_or(&[][..], |due| due);
    Hash::of(&[name.as_bytes(), &version, state.as_bytes(), &time, due, hash])
}

/// Whether a run's head is as it was written.
pub(super) fn is_sealed(row: &Row<'_>) -> bool {
    let found = || -> rusqlite::Result<bool> {
        let (name, state): (String, String) = (row.get(0)?, row.get(2)?);
        let times = (row.get(3)?, row.get(4)?);
        let hash = row.get_ref(5)?.as_blob()?;
        let seal = seal(&name, row.get(1)?, &state, times, hash);
        Ok(row.get_ref(6)?.as_blob()? == seal.0.as_slice())
    };
    found().unwrap_or_default()
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
    value: &str,
    aim: &'static str,
) -> Result<(), OpenCause> {
    let found: i64 = connection.pragma_query_value(None, name, |row| row.get(0))?;
    if found.to_string() == value { Ok(()) } else { Err(OpenCause::Setting(aim)) }
}
