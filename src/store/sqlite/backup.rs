//! Copies of a store while it is used.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, InterruptHandle};
use tokio::sync::oneshot;

use super::super::{Cause, StoreError};
use super::error::OpenCause;
use super::guard::{Guard, Marks};
use super::held::Identity;
use super::place::{self, beside, sync_folder};
use super::schema;

/// A backup under way. It is given up when its value is dropped.
pub(super) struct Underway {
    interrupt: InterruptHandle,
    done: oneshot::Receiver<Result<(), Cause>>,
}

impl Underway {
    /// Starts a thread that copies the store into a new file at `to`.
    pub(super) fn start(guard: Arc<Guard>, to: &Path) -> Result<(Self, JoinHandle<()>), Cause> {
        let connection = schema::writing(guard.place())?;
        let interrupt = connection.get_interrupt_handle();
        let (reply, done) = oneshot::channel();
        let to = to.to_owned();
        let thread = thread::Builder::new().name("store-backup".to_owned()).spawn(move || {
            if reply.is_closed() {
                return;
            }
            // A caller that is gone needs no answer.
            let _ = reply.send(copy(&connection, &guard, &to));
        })?;
        Ok((Self { interrupt, done }, thread))
    }

    pub(super) async fn done(mut self) -> Result<(), StoreError> {
        let done = (&mut self.done).await.map_err(|_| StoreError::Backup(Box::new(Ended)))?;
        done.map_err(StoreError::Backup)
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        self.interrupt.interrupt();
    }
}

#[derive(Debug, thiserror::Error)]
#[error("its thread ended; try again")]
struct Ended;

/// Why there is no copy at a path.
#[derive(Debug, thiserror::Error)]
#[error("the file `{}` cannot be written", path.display())]
struct NoCopy {
    path: PathBuf,
    #[source]
    cause: OpenCause,
}

/// Copies the store as it is at one moment. SQLite reads that moment to its end, however much is written meanwhile.
pub(super) fn copy(connection: &Connection, guard: &Guard, to: &Path) -> Result<(), Cause> {
    // What is copied of another file is not the store, so it is looked at before and after.
    guard.check(connection)?;
    let failed = |cause| NoCopy { path: to.to_owned(), cause };
    let partial = Partial::new(to).map_err(failed)?;
    partial.fill(connection).map_err(failed)?;
    guard.check(connection)?;
    partial.publish().map_err(failed)?;
    Ok(())
}

/// The copy until it is whole. A process that is killed leaves it, and the lock shows that nobody writes it any more.
struct Partial {
    to: PathBuf,
    path: PathBuf,
    lock: PathBuf,
    /// Held until the value is dropped.
    _locked: File,
}

impl Partial {
    fn new(to: &Path) -> Result<Self, OpenCause> {
        if to == ":memory:" || to.to_str().is_some_and(|to| to.starts_with("file:")) {
            return Err(OpenCause::NoPath);
        }
        let to = std::path::absolute(to)?;
        match fs::symlink_metadata(&to) {
            Ok(_) => return Err(OpenCause::Exists),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        let (path, lock) =
            (beside(&to, ".leverframe-partial"), beside(&to, ".leverframe-partial-lock"));
        let partial = Self { _locked: locked(&lock)?, to, path, lock };
        partial.remove();
        // SQLite fills an empty file, which so is its user's alone.
        place::create_new(&partial.path)?;
        Ok(partial)
    }

    fn fill(&self, connection: &Connection) -> Result<(), OpenCause> {
        let path = self.path.to_str().ok_or(OpenCause::NoText)?;
        connection.execute("VACUUM INTO ?", [path])?;
        let mut copy = Connection::open_with_flags(&self.path, schema::READ_WRITE)?;
        let transaction = copy.transaction()?;
        // The mark of a copy is its own, so that a store over which it is written is not taken for itself.
        Marks::begin(&transaction)?;
        transaction.commit()?;
        drop(copy);
        Ok(File::open(&self.path)?.sync_all()?)
    }

    fn publish(&self) -> Result<(), OpenCause> {
        match fs::hard_link(&self.path, &self.to) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Err(OpenCause::Exists);
            }
            // A disk without hard links.
            Err(_) if !self.to.exists() => fs::rename(&self.path, &self.to)?,
            done => done?,
        }
        self.remove();
        self.to.parent().map_or(Ok(()), sync_folder)?;
        Ok(())
    }

    /// Removes what is there of the copy.
    fn remove(&self) {
        for end in ["", "-journal", "-wal", "-shm"] {
            // Mostly there is none.
            let _ = fs::remove_file(beside(&self.path, end));
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        self.remove();
        // What stays is empty, and is used by the next backup.
        let _ = fs::remove_file(&self.lock);
    }
}

/// Opens a file and locks it.
fn locked(path: &Path) -> Result<File, OpenCause> {
    if !path.exists() {
        // Another backup may be faster, and is told apart by its lock.
        match place::create_new(path) {
            Ok(_) | Err(OpenCause::Exists) => {}
            Err(error) => return Err(error),
        }
    }
    let file = OpenOptions::new().write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(OpenCause::Underway),
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    // The backup before may have removed it meanwhile.
    let is_there = fs::metadata(path).is_ok_and(|found| {
        file.metadata().is_ok_and(|own| Identity::of(&found) == Identity::of(&own))
    });
    if is_there { Ok(file) } else { Err(OpenCause::Underway) }
}
