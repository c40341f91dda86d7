//! Histories in one SQLite file, which outlive the process and the power.
//!
//! One thread writes: whatever waits is committed together, and acknowledged once the disk has it. Another reads. Several
//! processes may share the file.
//!
//! # What is checked, and when
//!
//! Hashes and seals show damage, not forgery.
//!
//! - **When a store is opened**: that the path names a plain file; that the file has the form of this program, all of its
//!   pages, and a mark that fits its log; that each of the first 5,000 runs is found by its name. A file of up to 8 MiB is
//!   checked by SQLite as a whole. Damage to the rows of one run is left to those who read that run. No record is
//!   proven then.
//! - **Before a commit**: that the path names the file that was opened, that its log is the one that was opened, and that
//!   the file has the mark that the log expects. If not, nothing is acknowledged or read by this store any more.
//! - **At an append**: the seal of the run's head. The records before are not read again. They are covered by the hash in
//!   the head, so a damaged one is found by the next reader that passes it.
//! - **When records are read** (`open`, `load`, `keyed`, `log`): the seal of the head, each record against the record
//!   before it, and the last one against the head. Of the record before the first, only the stored hash is used.
//!   So a run that is opened at its snapshot is proven from the snapshot on; the records before it are proven when a page
//!   with them is read, and all of them by a restore.
//! - **When a snapshot is read**: its seal, and that the run has the record of its version. A damaged snapshot is
//!   passed over.
//! - **When runs are listed** (`heads`, `head`, `due`): the seal of each head. No record is read.
//! - **When a note is read**: its seal. Tombstones have none.
//! - **Before each answer to a reader**: the same as before a commit.

mod append;
mod backup;
mod check;
mod error;
mod guard;
mod head;
mod held;
mod import;
mod list;
mod moving;
mod notes;
mod place;
mod queue;
mod read;
mod reader;
mod restore;
mod schema;
mod snapshot;
mod transaction;
mod value;
mod watch;
mod write;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use chrono::{DateTime, Utc};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use self::backup::Underway;
use self::error::OpenCause;
pub use self::error::OpenError;
use self::guard::Guard;
use self::place::Place;
use self::reader::{Question, Reader, Warned};
use self::snapshot::Pending;
use self::watch::Watcher;
use self::write::{Task, Writer};
use super::{
    Answer, Append, Due, DueNote, Head, Import, Logged, Note, NoteChange, Opening, Page, PageLimit,
    Removal, Revision, Scope, Store, StoreError, Tombstone,
};
use crate::caller::Principal;
use crate::record::{Position, Record, RequestKey, RunId, Snapshot, Version};

/// How many requests may wait for the writer or the reader before more have to wait outside.
const QUEUE: usize = 1024;

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
/// assert!(store.heads(None, None, 10).await?.is_empty());
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
    /// The thread that looks for what other processes write, once somebody watches.
    watcher: Mutex<Option<Watcher>>,
    /// The threads of backups, which end with their callers.
    backups: Mutex<Vec<JoinHandle<()>>>,
    guard: Arc<Guard>,
    end: Arc<tokio::sync::watch::Sender<Position>>,
    pending: Arc<Pending>,
    /// Whether a write has failed, and the file could not be opened again since.
    is_broken: Arc<AtomicBool>,
}

impl SqliteStore {
    /// Opens the store in the file at `path`, and makes it and its folder if there is none, for their user alone. An empty
    /// file is made a store if SQLite has left nothing beside it.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if there is something else at the path, such as a folder, a pipe, another database, a copy that was
    /// not finished, or a file whose log `-wal` belongs to another one. It is then as it was.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Self::start(path).map_err(|cause| OpenError { path: path.to_owned(), cause })
    }

    fn start(path: &Path) -> Result<Self, OpenCause> {
        let place = Place::open(path)?;
        let (connection, is_new) = schema::connect(&place)?;
        check::check(&connection, &place)?;
        let last = append::last(&connection)
            .map_err(|error| OpenCause::Damaged(crate::text::chain(&error)))?;
        let reading = schema::reading(&place)?;
        let guard = Arc::new(Guard::new(place)?);
        let mut reader = Reader::new(reading, Arc::clone(&guard));
        let end = Arc::new(tokio::sync::watch::Sender::new(last));
        let (tasks, waiting) = mpsc::channel(QUEUE);
        let is_broken = Arc::new(AtomicBool::new(false));
        let pending = Arc::new(Pending::default());
        let (published, broken) = (Arc::clone(&end), Arc::clone(&is_broken));
        let mut writer = Writer::new(
            Arc::clone(&guard),
            connection,
            is_new,
            published,
            broken,
            Arc::clone(&pending),
        );
        let (questions, asked) = mpsc::channel(QUEUE);
        let writer = spawn("store-writer", move || writer.work(waiting))?;
        let reader = spawn("store-reader", move || reader.work(asked))?;
        Ok(Self {
            path: path.to_owned(),
            tasks: Some(tasks),
            questions: Some(questions),
            threads: vec![writer, reader],
            watcher: Mutex::new(None),
            backups: Mutex::new(Vec::new()),
            guard,
            end,
            pending,
            is_broken,
        })
    }

    /// Replaces the content of the store at `to` by that of the backup at `from`, while others may use the store; they
    /// see the other histories at once. Everything in `from` is proven before. The content before is kept in a new file
    /// beside the store, `NAME.before-restore-TIME.db`, whose path is the answer; there is none if the store was empty or
    /// did not exist.
    ///
    /// Positions go on from those of before, so whoever follows the log meets the restored records as new ones, and
    /// notes that keep a position begin anew. Request keys are those of the backup.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if one of the files cannot be used. The store is then as it was.
    pub fn restore(
        from: &Path,
        to: &Path,
        time: DateTime<Utc>,
    ) -> Result<Option<PathBuf>, OpenError> {
        restore::restore(from, to, time)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads by the thread that reads, all of it at one moment.
    fn query<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection, &mut Warned) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'_, T> {
        Box::pin(async move {
            if self.is_broken.load(Ordering::SeqCst) {
                self.submit(|reply| Task::Reopen { reply }).await?;
            }
            let (reply, answer) = oneshot::channel();
            let question: Question = Box::new(move |reader| {
                // A caller that is gone needs no answer.
                let _ = reply.send(reader.read(question));
            });
            let Some(questions) = &self.questions else { return Err(ended()) };
            questions.send(question).await.map_err(|_| ended())?;
            answer.await.map_err(|_| ended())?
        })
    }

    /// Hands a task to the thread that writes.
    fn submit<T: Send + 'static>(
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

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name(name.to_owned()).spawn(work)
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        let backups = self.backups.get_mut().unwrap_or_else(PoisonError::into_inner);
        let mut has_panicked = false;
        for backup in backups.drain(..) {
            has_panicked |= backup.join().is_err();
        }
        *self.watcher.get_mut().unwrap_or_else(PoisonError::into_inner) = None;
        // One after the other, so that the last to close is alone, and moves the log into the file.
        self.questions = None;
        let reader = self.threads.pop().map(JoinHandle::join);
        self.tasks = None;
        let writer = self.threads.pop().map(JoinHandle::join);
        if has_panicked || !matches!((reader, writer), (Some(Ok(())), Some(Ok(())))) {
            tracing::error!("a thread of the store has panicked");
        }
    }
}

impl Store for SqliteStore {
    fn append(&self, append: Append) -> Answer<'_, Position> {
        self.submit(move |reply| Task::Append { append, reply })
    }

    /// All of it is one transaction, for which others who write to the file wait.
    fn import(&self, import: Import) -> Answer<'_, Position> {
        self.submit(move |reply| Task::Import { import, reply })
    }

    fn open<'a>(&'a self, run: &'a RunId, limit: PageLimit) -> Answer<'a, Opening> {
        let run = run.clone();
        self.query(move |connection, _| read::open(connection, &run, limit))
    }

    fn load<'a>(&'a self, run: &'a RunId, from: Version, limit: PageLimit) -> Answer<'a, Page> {
        let run = run.clone();
        self.query(move |connection, _| read::page(connection, &run, from, limit))
    }

    fn keyed<'a>(
        &'a self,
        run: &'a RunId,
        principal: &'a Principal,
        key: &'a RequestKey,
    ) -> Answer<'a, Option<Record>> {
        let (run, principal, key) = (run.clone(), principal.clone(), key.clone());
        self.query(move |connection, _| read::keyed(connection, &run, &principal, &key))
    }

    fn log(&self, after: Position, limit: PageLimit) -> Answer<'_, Vec<Logged>> {
        self.query(move |connection, _| read::log(connection, after, limit))
    }

    fn heads<'a>(
        &'a self,
        owner: Option<&'a Principal>,
        after: Option<&'a RunId>,
        limit: usize,
    ) -> Answer<'a, Vec<Head>> {
        let (owner, after) = (owner.cloned(), after.cloned());
        self.query(move |connection, _| {
            list::heads(connection, owner.as_ref(), after.as_ref(), limit)
        })
    }

    fn count<'a>(&'a self, owner: &'a Principal) -> Answer<'a, u64> {
        let owner = owner.clone();
        self.query(move |connection, _| list::count(connection, &owner))
    }

    fn head<'a>(&'a self, run: &'a RunId) -> Answer<'a, Option<Head>> {
        let run = run.clone();
        self.query(move |connection, _| Ok(head::of(connection, &run)?.map(|found| found.head)))
    }

    fn due<'a>(&'a self, after: Option<&'a Due>, limit: usize) -> Answer<'a, Vec<Due>> {
        let after = after.cloned();
        self.query(move |connection, warned| list::due(connection, warned, after.as_ref(), limit))
    }

    fn keep(&self, run: &RunId, snapshot: Snapshot) {
        self.pending.add(run, snapshot);
        if let Some(tasks) = &self.tasks {
            // With a full queue the writer is awake, and looks for snapshots after its batch.
            let _ = tasks.try_send(Task::Upkeep);
        }
    }

    fn notes<'a>(&'a self, scope: &'a Scope) -> Answer<'a, Vec<Note>> {
        let scope = scope.clone();
        self.query(move |connection, _| notes::read(connection, &scope))
    }

    fn noted<'a>(&'a self, prefix: &'a str) -> Answer<'a, Vec<RunId>> {
        let prefix = prefix.to_owned();
        self.query(move |connection, _| notes::noted(connection, &prefix))
    }

    fn due_notes(&self, time: DateTime<Utc>, limit: usize) -> Answer<'_, Vec<DueNote>> {
        self.query(move |connection, _| notes::due(connection, time, limit))
    }

    fn next_due_note(&self, time: DateTime<Utc>) -> Answer<'_, Option<DateTime<Utc>>> {
        self.query(move |connection, _| notes::next_due(connection, time))
    }

    fn note<'a>(&'a self, scope: &'a Scope, change: NoteChange) -> Answer<'a, Revision> {
        let scope = scope.clone();
        self.submit(move |reply| Task::Note { scope, change, reply })
    }

    fn remove<'a>(&'a self, run: &'a RunId, removal: Removal) -> Answer<'a, Tombstone> {
        let run = run.clone();
        self.submit(move |reply| Task::Remove { run, removal, reply })
    }

    fn tombstones(&self) -> Answer<'_, Vec<Tombstone>> {
        self.query(|connection, _| list::tombstones(connection))
    }

    fn watch(&self) -> tokio::sync::watch::Receiver<Position> {
        let mut watcher = self.watcher.lock().unwrap_or_else(PoisonError::into_inner);
        if watcher.is_none() {
            match Watcher::start(Arc::clone(&self.guard), Arc::clone(&self.end)) {
                Ok(started) => *watcher = Some(started),
                Err(error) => {
                    tracing::error!(%error, "the store cannot be watched for what others write");
                }
            }
        }
        self.end.subscribe()
    }

    fn backup<'a>(&'a self, to: &'a Path) -> Answer<'a, ()> {
        Box::pin(async move {
            let started = Underway::start(Arc::clone(&self.guard), to);
            let (underway, thread) = started.map_err(StoreError::Backup)?;
            {
                let mut backups = self.backups.lock().unwrap_or_else(PoisonError::into_inner);
                backups.retain(|backup| !backup.is_finished());
                backups.push(thread);
            }
            underway.done().await
        })
    }
}

fn ended() -> StoreError {
    StoreError::Unavailable("the store's thread has ended; start the program again".into())
}
