//! Histories in one SQLite file, which outlive the process and the power.
//!
//! One thread writes: whatever waits is committed together, and acknowledged once the disk has it. Another reads.
//! Several processes may share the file.

mod append;
mod fault;
mod gates;
mod queue;
mod read;
mod schema;
mod transaction;
mod write;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use chrono::{DateTime, Utc};
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use tokio::sync::{mpsc, oneshot, watch};

#[doc(hidden)]
pub use self::fault::Fault;
use self::write::{Task, Writer};
use super::gate::{Denial, GateRequest};
use super::{Answer, Cause, Due, Head, Page, Removal, Snapshot, Store, StoreError, Tombstone};
use crate::record::{Hash, Record, RequestKey, RunName, Version};

/// How many requests may wait for the writer or the reader before more have to wait outside.
const QUEUE: usize = 1024;

/// How often the file is asked for what other processes wrote, while somebody watches.
const LOOK: Duration = Duration::from_millis(500);

/// How many pages a backup copies at once.
const BACKUP_STEP: i32 = 256;

/// A store in one SQLite file.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use leverframe::store::Store;
/// use leverframe::store::sqlite::SqliteStore;
///
/// # let folder = std::env::temp_dir().join(format!("leverframe-doc-{}", std::process::id()));
/// let store = SqliteStore::open(&folder.join("runs.db"))?;
/// assert!(store.heads(None, 10).await?.is_empty());
/// # drop(store);
/// # std::fs::remove_dir_all(folder)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    tasks: Option<mpsc::Sender<Task>>,
    questions: Option<mpsc::Sender<Question>>,
    threads: Vec<JoinHandle<()>>,
    changes: Arc<watch::Sender<u64>>,
    /// Whether a write has failed, and the file could not be opened again since.
    is_broken: Arc<AtomicBool>,
}

type Question = Box<dyn FnOnce(&mut Connection) + Send>;

impl SqliteStore {
    /// Opens the store in the file at `path`, and makes it and its folder where there is none, for their user alone.
    ///
    /// # Errors
    ///
    /// [`OpenError`]; an existing file is then as it was.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Self::open_with(path, Fault::None)
    }

    /// A store that is seeded with a fault, by which the tests show that they would see it.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    #[doc(hidden)]
    pub fn open_with(path: &Path, fault: Fault) -> Result<Self, OpenError> {
        let failed = |cause| OpenError { path: path.to_owned(), cause };
        schema::prepare(path).map_err(failed)?;
        let connection = schema::connect(path, fault).map_err(failed)?;
        schema::check(&connection, path).map_err(failed)?;
        let mut reading = schema::connect(path, fault).map_err(failed)?;
        reading.pragma_update(None, "query_only", true).map_err(|error| failed(error.into()))?;
        let changes = Arc::new(watch::Sender::new(0));
        let (tasks, waiting) = mpsc::channel(QUEUE);
        let is_broken = Arc::new(AtomicBool::new(false));
        let (told, broken) = (Arc::clone(&changes), Arc::clone(&is_broken));
        let mut writer = Writer::new(path.to_owned(), connection, told, broken, fault);
        let (questions, mut asked) = mpsc::channel::<Question>(QUEUE);
        let started = |error: io::Error| failed(error.into());
        let writer = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || writer.work(waiting))
            .map_err(started)?;
        let reader = thread::Builder::new()
            .name("store-reader".to_owned())
            .spawn(move || {
                while let Some(question) = asked.blocking_recv() {
                    question(&mut reading);
                }
            })
            .map_err(started)?;
        Ok(Self {
            path: path.to_owned(),
            tasks: Some(tasks),
            questions: Some(questions),
            threads: vec![writer, reader],
            changes,
            is_broken,
        })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Copies the store, as it is at one moment, into a new file. `progress` is told how many pages are left of how
    /// many.
    ///
    /// # Errors
    ///
    /// [`OpenError`], where there is a file at `to` already or it cannot be written.
    pub fn backup(&self, to: &Path, mut progress: impl FnMut(i32, i32)) -> Result<(), OpenError> {
        let failed = |cause| OpenError { path: to.to_owned(), cause };
        let mut done = || -> Result<(), OpenCause> {
            schema::create_new(to)?;
            let source = schema::connect(&self.path, Fault::None)?;
            let mut target = Connection::open(to)?;
            let backup = Backup::new(&source, &mut target)?;
            loop {
                let step = backup.step(BACKUP_STEP)?;
                let left = backup.progress();
                progress(left.remaining, left.pagecount);
                match step {
                    StepResult::Done => return Ok(()),
                    StepResult::More => {}
                    // Somebody writes; the copy begins anew by itself.
                    _ => thread::yield_now(),
                }
            }
        };
        done().map_err(failed)
    }

    /// What the disk is told to keep: 2 is `FULL`.
    #[doc(hidden)]
    #[must_use]
    pub fn synchronous(&self) -> Answer<'_, i64> {
        self.look(|connection| {
            let level = connection.pragma_query_value(None, "synchronous", |row| row.get(0));
            level.map_err(read::failed)
        })
    }

    fn look<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'_, T> {
        Box::pin(async move {
            if self.is_broken.load(Ordering::SeqCst) {
                self.tell(|reply| Task::Mend { reply }).await?;
            }
            let (reply, answer) = oneshot::channel();
            let question: Question = Box::new(move |connection| {
                // Nobody waits for the answer to a call that was given up.
                let _ = reply.send(question(connection));
            });
            let Some(questions) = &self.questions else { return Err(ended()) };
            questions.send(question).await.map_err(|_| ended())?;
            answer.await.map_err(|_| ended())?
        })
    }

    fn tell<T: Send + 'static>(
        &self,
        task: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Task + Send + 'static,
    ) -> Answer<'_, T> {
        Box::pin(async move {
            let (reply, answer) = oneshot::channel();
            let Some(tasks) = &self.tasks else { return Err(ended()) };
            tasks.send(task(reply)).await.map_err(|_| ended())?;
            answer
                .await
                .map_err(|_| StoreError::Indeterminate("the store's thread ended".into()))?
        })
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // One after the other, so that the last to close is alone, and moves the log into the file.
        self.questions = None;
        let reader = self.threads.pop().map(JoinHandle::join);
        self.tasks = None;
        let writer = self.threads.pop().map(JoinHandle::join);
        if !matches!((reader, writer), (Some(Ok(())), Some(Ok(())))) {
            tracing::error!("a thread of the store has panicked");
        }
    }
}

impl Store for SqliteStore {
    fn append<'a>(
        &'a self,
        run: &'a RunName,
        after: Hash,
        records: Vec<Record>,
        due: Option<DateTime<Utc>>,
    ) -> Answer<'a, ()> {
        let run = run.clone();
        self.tell(move |reply| Task::Append { run, after, records, due, reply })
    }

    fn load<'a>(&'a self, run: &'a RunName, from: Version, limit: usize) -> Answer<'a, Page> {
        let run = run.clone();
        self.look(move |connection| read::page(connection, &run, from, limit))
    }

    fn keyed<'a>(&'a self, run: &'a RunName, key: &'a RequestKey) -> Answer<'a, Option<Record>> {
        let (run, key) = (run.clone(), key.clone());
        self.look(move |connection| read::keyed(connection, &run, &key))
    }

    fn heads<'a>(&'a self, after: Option<&'a RunName>, limit: usize) -> Answer<'a, Vec<Head>> {
        let after = after.cloned();
        self.look(move |connection| read::heads(connection, after.as_ref(), limit))
    }

    fn due<'a>(&'a self, after: Option<&'a Due>, limit: usize) -> Answer<'a, Vec<Due>> {
        let after = after.cloned();
        self.look(move |connection| read::due(connection, after.as_ref(), limit))
    }

    fn snapshot<'a>(&'a self, run: &'a RunName) -> Answer<'a, Option<Snapshot>> {
        let run = run.clone();
        self.look(move |connection| read::snapshot(connection, &run))
    }

    fn keep(&self, run: &RunName, snapshot: Snapshot) {
        if let Some(tasks) = &self.tasks {
            // Where the writer is busy, the next snapshot will do.
            let _ = tasks.try_send(Task::Keep { run: run.clone(), snapshot });
        }
    }

    fn ask<'a>(&'a self, run: &'a RunName, after: Hash, request: GateRequest) -> Answer<'a, ()> {
        let run = run.clone();
        self.tell(move |reply| Task::Ask { run, after, request, reply })
    }

    fn asked<'a>(&'a self, run: &'a RunName) -> Answer<'a, Vec<GateRequest>> {
        let run = run.clone();
        self.look(move |connection| gates::asked(connection, &run))
    }

    fn deny<'a>(&'a self, run: &'a RunName, request: Hash, denial: Denial) -> Answer<'a, ()> {
        let run = run.clone();
        self.tell(move |reply| Task::Deny { run, request, denial, reply })
    }

    fn remove<'a>(&'a self, run: &'a RunName, removal: Removal) -> Answer<'a, Tombstone> {
        let run = run.clone();
        self.tell(move |reply| Task::Remove { run, removal, reply })
    }

    fn tombstones(&self) -> Answer<'_, Vec<Tombstone>> {
        self.look(|connection| read::tombstones(connection))
    }

    fn watch(&self) -> watch::Receiver<u64> {
        let receiver = self.changes.subscribe();
        if self.changes.receiver_count() == 1 {
            look_out(self.path.clone(), Arc::downgrade(&self.changes));
        }
        receiver
    }
}

/// Tells what other processes wrote, as long as somebody watches.
fn look_out(path: PathBuf, changes: std::sync::Weak<watch::Sender<u64>>) {
    let look = move || -> rusqlite::Result<()> {
        let connection = Connection::open(path)?;
        let mut seen: Option<i64> = None;
        while let Some(changes) = changes.upgrade().filter(|changes| changes.receiver_count() > 0) {
            let now = connection.pragma_query_value(None, "data_version", |row| row.get(0))?;
            if seen.replace(now).is_some_and(|seen| seen != now) {
                changes.send_modify(|count| *count += 1);
            }
            drop(changes);
            thread::sleep(LOOK);
        }
        Ok(())
    };
    // It is a hint: where it cannot be given, readers read.
    let _ = thread::Builder::new().name("store-watch".to_owned()).spawn(look);
}

fn ended() -> StoreError {
    StoreError::Unavailable("the store's thread has ended; start the program again".into())
}

/// Why a file cannot be the store.
#[derive(Debug, thiserror::Error)]
#[error("the store `{}` cannot be used", path.display())]
pub struct OpenError {
    path: PathBuf,
    #[source]
    cause: OpenCause,
}

impl OpenError {
    /// Whether the file was written by a later version of this library.
    #[must_use]
    pub fn is_newer(&self) -> bool {
        matches!(self.cause, OpenCause::Newer { .. })
    }
}

#[derive(Debug, thiserror::Error)]
enum OpenCause {
    #[error("the file or its folder cannot be used; check that its user may write there")]
    Folder(#[source] Cause),
    #[error("a part of the path is a file, and no folder; choose another place")]
    NoFolder,
    #[error("it is a folder; name a file in it")]
    IsFolder,
    #[error("the disk has no room; make some, and try again")]
    Full(#[source] Cause),
    #[error("there is such a file already; choose another name, or remove it")]
    Exists,
    #[error("it is no store of runs; choose another file")]
    Foreign,
    #[error(
        "it has the form {found}, and this program knows forms up to {known}; use a newer program"
    )]
    Newer { found: i64, known: i64 },
    #[error("it is damaged ({0}); go back to a backup")]
    Damaged(String),
    #[error(
        "the file cannot be read or written; check that the disk has room and that its user may write"
    )]
    Sqlite(#[source] rusqlite::Error),
    #[error("the database cannot be told to {0}")]
    Setting(&'static str),
    #[error("the SQLite in use is {0}, which may damage files; 3.51.3 or newer is needed")]
    Old(&'static str),
}

impl From<io::Error> for OpenCause {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind::{IsADirectory, NotADirectory, QuotaExceeded, StorageFull};
        match error.kind() {
            NotADirectory => Self::NoFolder,
            IsADirectory => Self::IsFolder,
            StorageFull | QuotaExceeded => Self::Full(Box::new(error)),
            _ => Self::Folder(Box::new(error)),
        }
    }
}

impl From<rusqlite::Error> for OpenCause {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{CannotOpen, DatabaseCorrupt, DiskFull, NotADatabase, ReadOnly};
        match error.sqlite_error_code() {
            Some(NotADatabase) => Self::Foreign,
            Some(DatabaseCorrupt) => Self::Damaged(error.to_string()),
            Some(CannotOpen | ReadOnly) => Self::Folder(Box::new(error)),
            Some(DiskFull) => Self::Full(Box::new(error)),
            _ => Self::Sqlite(error),
        }
    }
}
