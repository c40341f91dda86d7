//! The thread that writes: whatever waits goes into one transaction, and is answered once that is on the disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};

use super::super::{
    Append, Cause, Import, NoteChange, Removal, Revision, Scope, StoreError, Tombstone,
};
use super::append::{self, Positions};
use super::guard::{self, Guard};
use super::moving::{self, Moving};
use super::queue::{Next, Queue};
use super::snapshot::{Pending, Upkeep};
use super::transaction::{alone, execute};
use super::{import, list, notes, schema};
use crate::record::{Position, RunId};

type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// What is to be written.
pub(super) enum Task {
    Append {
        append: Append,
        reply: Reply<Position>,
    },
    Import {
        import: Import,
        reply: Reply<Position>,
    },
    Note {
        scope: Scope,
        change: NoteChange,
        reply: Reply<Revision>,
    },
    Remove {
        run: RunId,
        removal: Removal,
        reply: Reply<Tombstone>,
    },
    /// Nothing but to open the file again, if that has to be done.
    Reopen {
        reply: Reply<()>,
    },
    /// A snapshot waits.
    Upkeep,
}

/// An answer that is held back until its transaction is on the disk.
type Held = Box<dyn FnOnce(Option<StoreError>)>;

/// The connection that writes. It is given up after a write of which nobody knows how it ended.
pub(super) struct Writer {
    guard: Arc<Guard>,
    connection: Option<Connection>,
    moving: Moving,
    end: Arc<watch::Sender<Position>>,
    is_broken: Arc<AtomicBool>,
    pending: Arc<Pending>,
    upkeep: Upkeep,
}

/// What a transaction has come to so far.
#[derive(Default)]
struct Batch {
    held: Vec<Held>,
    positions: Positions,
    /// The last position that becomes visible.
    end: Option<Position>,
    has_removed: bool,
}

impl Writer {
    pub(super) fn new(
        guard: Arc<Guard>,
        connection: Connection,
        is_new: bool,
        end: Arc<watch::Sender<Position>>,
        is_broken: Arc<AtomicBool>,
        pending: Arc<Pending>,
    ) -> Self {
        let (connection, moving) = (Some(connection), Moving::new(Arc::clone(&guard), is_new));
        Self { guard, connection, moving, end, is_broken, pending, upkeep: Upkeep::default() }
    }

    /// Writes until nobody can ask any more.
    pub(super) fn work(&mut self, waiting: mpsc::Receiver<Task>) {
        let mut queue = Queue::new(waiting);
        while let Next::Batch(first) = queue.first(!self.upkeep.is_done(&self.pending)) {
            match self.begin() {
                Ok(()) => {
                    let mut batch = Batch::default();
                    let mut next = first;
                    while let Some(task) = next {
                        self.take(task, &mut batch);
                        next = queue.another();
                    }
                    self.upkeep(&batch);
                    self.commit(batch);
                    self.move_log();
                }
                Err(error) => {
                    let cause = Arc::new(error);
                    self.upkeep.give_up(&self.pending);
                    let mut next = first;
                    while let Some(task) = next {
                        task.refuse(&cause);
                        next = queue.another();
                    }
                }
            }
        }
        self.moving.end();
        if let Some(connection) = self.connection.take() {
            moving::before_end(&connection, &self.guard, &self.moving);
        }
    }

    /// Begins a transaction, on a new connection if the last one was given up.
    fn begin(&mut self) -> Result<(), Refusal> {
        if self.guard.is_dead() {
            return Err(Refusal::Replaced(guard::replaced()));
        }
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.reopened().inspect(|_| self.is_broken.store(false, Ordering::SeqCst))?,
        };
        let begun = execute(&connection, "BEGIN IMMEDIATE").map_err(Refusal::Begin);
        self.connection = Some(connection);
        begun
    }

    /// A new connection after a failure. What may be left of the failed write in the log, and not on the disk, is
    /// moved into the file first, so that no later record stands on it.
    fn reopened(&mut self) -> Result<Connection, Refusal> {
        let failed = |error: rusqlite::Error| Refusal::Reopen(Box::new(error));
        if !self.guard.is_same() {
            return Err(Refusal::Reopen("it was moved, removed or replaced; put it back".into()));
        }
        let (connection, _) = schema::connect(self.guard.place())
            .map_err(|cause| Refusal::Reopen(Box::new(cause)))?;
        let busy: i64 = connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
            .map_err(failed)?;
        if busy != 0 {
            return Err(Refusal::Reopen("others use the file".into()));
        }
        self.moving.begin_anew();
        Ok(connection)
    }

    /// Does one task within the transaction.
    fn take(&self, task: Task, batch: &mut Batch) {
        let Some(connection) = &self.connection else { return };
        let held = match task {
            Task::Append { append, reply } => {
                let done = append::append(connection, &append, &mut batch.positions);
                if let Ok(position) = done
                    && !append.records.is_empty()
                {
                    batch.end = Some(position);
                }
                held(reply, done)
            }
            Task::Import { import, reply } => {
                let positions = &mut batch.positions;
                let done = alone(connection, || import::import(connection, import, positions));
                batch.end = done.as_ref().ok().copied().or(batch.end);
                held(reply, done)
            }
            Task::Note { scope, change, reply } => {
                held(reply, alone(connection, || notes::change(connection, &scope, &change)))
            }
            Task::Remove { run, removal, reply } => {
                let done = alone(connection, || list::remove(connection, &run, removal));
                batch.has_removed |= done.is_ok();
                held(reply, done)
            }
            Task::Reopen { reply } => held(reply, Ok(())),
            Task::Upkeep => return,
        };
        batch.held.push(held);
    }

    fn upkeep(&mut self, batch: &Batch) {
        let Some(connection) = &self.connection else { return };
        if batch.has_removed {
            self.upkeep.look_again();
        }
        self.upkeep.step(connection, &self.pending);
    }

    /// Ends the transaction, and only then answers.
    fn commit(&mut self, batch: Batch) {
        let Some(connection) = &self.connection else { return };
        let committed = match self.guard.check(connection) {
            Ok(marks) => self.moving.mark(connection, marks),
            Err(error) => return self.give_up(batch, &error),
        };
        match committed.and_then(|()| execute(connection, "COMMIT")) {
            Ok(()) => {
                self.publish(&batch);
                for answer in batch.held {
                    answer(None);
                }
            }
            Err(error) => {
                let cause = error.to_string();
                tracing::error!(cause, "the store failed while it wrote");
                // A second attempt could succeed without what the first one lost, so the connection is given up. The
                // callers read again and have to find what is there at the next start too: until that is known,
                // nobody reads.
                self.upkeep.give_up(&self.pending);
                self.connection = None;
                self.connection = self.reopened().ok();
                self.is_broken.store(self.connection.is_none(), Ordering::SeqCst);
                for answer in batch.held {
                    answer(Some(StoreError::Indeterminate(cause.clone().into())));
                }
            }
        }
    }

    /// Takes the transaction back, since it must not be committed.
    fn give_up(&mut self, batch: Batch, error: &StoreError) {
        if let Some(connection) = &self.connection {
            // Without it the transaction is not committed either.
            let _ = execute(connection, "ROLLBACK");
        }
        self.upkeep.give_up(&self.pending);
        for answer in batch.held {
            let error = match error {
                StoreError::Poisoned(_) => guard::replaced(),
                error => StoreError::Unavailable(crate::text::chain(error).into()),
            };
            answer(Some(error));
        }
    }

    /// Moves the log into the file, if it has grown enough.
    fn move_log(&mut self) {
        if let Some(connection) = &self.connection
            && !self.guard.is_dead()
        {
            self.moving.go_on(connection);
        }
    }

    fn publish(&self, batch: &Batch) {
        if batch.end.is_some() || batch.has_removed {
            self.end.send_modify(|end| *end = batch.end.unwrap_or(*end).max(*end));
        }
    }
}

impl Task {
    fn refuse(self, refusal: &Arc<Refusal>) {
        let error = match **refusal {
            Refusal::Begin(_) => StoreError::Unavailable(Box::new(Arc::clone(refusal))),
            Refusal::Reopen(_) | Refusal::Replaced(_) => {
                StoreError::Poisoned(Box::new(Arc::clone(refusal)))
            }
        };
        // A caller that is gone needs no answer.
        match self {
            Self::Append { reply, .. } | Self::Import { reply, .. } => {
                drop(reply.send(Err(error)));
            }
            Self::Note { reply, .. } => drop(reply.send(Err(error))),
            Self::Remove { reply, .. } => drop(reply.send(Err(error))),
            Self::Reopen { reply } => drop(reply.send(Err(error))),
            Self::Upkeep => {}
        }
    }
}

/// Why no transaction can begin.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(
        "the file cannot be written; check that the disk has room, and that no other program locks the file"
    )]
    Begin(#[source] rusqlite::Error),
    #[error("the file cannot be opened again")]
    Reopen(#[source] Cause),
    #[error(transparent)]
    Replaced(StoreError),
}

fn held<T: 'static>(reply: Reply<T>, done: Result<T, StoreError>) -> Held {
    Box::new(move |failure| {
        // A conflict is forgotten as well: it may have been with a record that went with the transaction.
        let _ = reply.send(failure.map_or(done, Err));
    })
}
