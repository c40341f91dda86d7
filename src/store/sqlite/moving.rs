//! Moving the log into the file, which SQLite calls a checkpoint, beside the commits.
//!
//! Whenever the log has grown, a thread moves what it has by then, while the writer goes on. When the log is long, the
//! writer moves the little that has come since, between two transactions, so that the next one begins the log anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::super::StoreError;
use super::guard::{Guard, Marks};
use super::schema;
use super::transaction::execute;
use super::value::failed;

/// How many pages the thread moves at once: 16 MiB. What is written again and again is moved once.
const MOVED: i64 = 4096;

/// How many pages the log has when the writer moves the rest, so that it begins anew: 48 MiB. The next commit waits for
/// that, so it comes seldom; and not much more is read after a power cut.
const LONG: i64 = 3 * MOVED;

/// The longest wait for readers before the log begins anew.
const BRIEFLY: Duration = Duration::from_millis(20);

/// How far the writer is with moving the log.
pub(super) struct Moving {
    guard: Arc<Guard>,
    stage: Stage,
    helper: Option<Helper>,
    /// Whether the log has no transaction of this store yet.
    is_first: bool,
    /// Whether this store has written to the log.
    has_written: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing is to be moved.
    Idle,
    /// The next commit has a new mark; then the thread begins.
    Due,
    /// The thread is at work.
    Helped,
    /// The next commit has a new mark; then the writer moves the rest.
    Rest,
}

/// What the log has at the end of a store.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// Nothing that is not in the file.
    Empty,
    /// What this store wrote.
    Unmoved,
    /// Only what others wrote, or nobody knows.
    Others,
}

impl Moving {
    /// The log of a store, which is new if it was made just now.
    pub(super) fn new(guard: Arc<Guard>, is_new: bool) -> Self {
        Self { guard, stage: Stage::Idle, helper: None, is_first: true, has_written: is_new }
    }

    /// Writes what a transaction has to say of the marks, before its commit.
    pub(super) fn mark(&mut self, connection: &Connection, marks: Marks) -> rusqlite::Result<()> {
        match self.stage {
            Stage::Due | Stage::Rest => marks.renew(connection),
            Stage::Idle | Stage::Helped => marks.settle(connection, self.is_first),
        }
    }

    /// Goes on after a commit.
    pub(super) fn go_on(&mut self, connection: &Connection) {
        (self.is_first, self.has_written) = (false, true);
        let stage = self.stage;
        self.stage = match stage {
            Stage::Idle if Log::of(connection).is_some_and(|log| log.unmoved >= MOVED) => {
                Stage::Due
            }
            Stage::Helped if self.helper.as_ref().is_none_or(Helper::is_done) => {
                let is_long = Log::of(connection).is_some_and(|log| log.length >= LONG);
                if is_long { Stage::Rest } else { Stage::Idle }
            }
            Stage::Idle | Stage::Helped => stage,
            Stage::Due if self.has_help() => Stage::Helped,
            Stage::Due | Stage::Rest => {
                if self.guard.is_same() {
                    if stage == Stage::Rest {
                        whole(connection)
                    } else {
                        passive(connection)
                    };
                }
                Stage::Idle
            }
        };
    }

    /// Whether the thread has begun.
    fn has_help(&mut self) -> bool {
        if self.helper.is_none() {
            self.helper = Helper::start(Arc::clone(&self.guard))
                .inspect_err(|error| tracing::error!(%error, "the log is moved by the writer"))
                .ok();
        }
        self.helper.as_ref().is_some_and(Helper::begin)
    }

    /// The log begins anew, as after a failure.
    pub(super) fn begin_anew(&mut self) {
        (self.stage, self.is_first) = (Stage::Idle, true);
    }

    /// Whether the log may be moved into the file at the end of the store, and whether that takes a new mark.
    fn at_end(&self, connection: &Connection) -> End {
        match Log::of(connection) {
            Some(Log { unmoved: 0, .. }) => End::Empty,
            Some(_) if self.has_written => End::Unmoved,
            // Whoever wrote it moves it.
            _ => End::Others,
        }
    }

    /// Ends the thread.
    pub(super) fn end(&mut self) {
        self.helper = None;
    }
}

/// Prepares the connection that writes for its end. If nobody else uses the file, SQLite then moves the log into it and
/// removes the log.
pub(super) fn before_end(connection: &Connection, guard: &Guard, moving: &Moving) {
    let may_move = !guard.is_dead()
        && guard.is_same()
        && match moving.at_end(connection) {
            End::Empty => true,
            End::Unmoved => mark_end(connection, guard).is_ok(),
            End::Others => false,
        };
    if may_move {
        // Otherwise the log stays, and is moved after the next start.
        let _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false);
    }
}

fn mark_end(connection: &Connection, guard: &Guard) -> Result<(), StoreError> {
    execute(connection, "BEGIN IMMEDIATE").map_err(failed)?;
    let marked = guard.check(connection).and_then(|marks| {
        marks.renew(connection).and_then(|()| execute(connection, "COMMIT")).map_err(failed)
    });
    if marked.is_err() {
        // The connection ends with it in any case.
        let _ = execute(connection, "ROLLBACK");
    }
    marked
}

/// The pages of the log.
struct Log {
    length: i64,
    /// Those that are not in the file yet.
    unmoved: i64,
}

impl Log {
    fn of(connection: &Connection) -> Option<Self> {
        let mut state = connection.prepare_cached("PRAGMA wal_checkpoint(NOOP)").ok()?;
        let (length, moved): (i64, i64) =
            state.query_row([], |row| Ok((row.get(1)?, row.get(2)?))).ok()?;
        Some(Self { length, unmoved: length - moved })
    }
}

/// Moves what can be moved without waiting for anybody.
fn passive(connection: &Connection) -> bool {
    let moved = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    // The log stays, and is moved at another time.
    moved.inspect_err(|error| tracing::error!(%error, "the log cannot be moved")).is_ok()
}

/// Moves the whole log, so that the next commit begins it anew, and keeps other writers waiting meanwhile. A reader that
/// takes long, such as a backup, is not waited for.
fn whole(connection: &Connection) -> bool {
    let moved = connection
        .busy_timeout(BRIEFLY)
        .and_then(|()| connection.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(())));
    let reset = connection.busy_timeout(schema::PATIENCE);
    moved.and(reset).inspect_err(|error| tracing::error!(%error, "the log cannot be moved")).is_ok()
}

/// The thread that moves the log.
struct Helper {
    thread: Option<JoinHandle<()>>,
    work: Option<Sender<()>>,
    is_done: Arc<AtomicBool>,
}

impl Helper {
    fn start(guard: Arc<Guard>) -> std::io::Result<Self> {
        let (work, begun) = mpsc::channel();
        let is_done = Arc::new(AtomicBool::new(true));
        let done = Arc::clone(&is_done);
        let thread = thread::Builder::new().name("store-mover".to_owned()).spawn(move || {
            let mut connection: Option<Connection> = None;
            while begun.recv().is_ok() {
                let open = connection.take().or_else(|| schema::reading(guard.place()).ok());
                if !guard.is_dead() && guard.is_same() {
                    connection = open.filter(passive);
                }
                done.store(true, Ordering::SeqCst);
            }
        })?;
        Ok(Self { thread: Some(thread), work: Some(work), is_done })
    }

    fn begin(&self) -> bool {
        self.is_done.store(false, Ordering::SeqCst);
        self.work.as_ref().is_some_and(|work| work.send(()).is_ok())
    }

    fn is_done(&self) -> bool {
        self.is_done.load(Ordering::SeqCst)
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        self.work = None;
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            tracing::error!("a thread of the store has panicked");
        }
    }
}
