//! The thread that writes: whatever waits goes into one transaction, and is answered once that is on the disk.

use std::iter;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};

use super::super::gate::{Denial, GateRequest};
use super::super::{Removal, Snapshot, StoreError, Tombstone};
use super::queue::Queue;
use super::transaction::{alone, execute};
use super::{Fault, append, gates, read, schema};
use crate::record::{Hash, Record, RunName};

type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// What is to be written.
pub(super) enum Task {
    Append {
        run: RunName,
        after: Hash,
        records: Vec<Record>,
        due: Option<DateTime<Utc>>,
        reply: Reply<()>,
    },
    Ask {
        run: RunName,
        after: Hash,
        request: GateRequest,
        reply: Reply<()>,
    },
    Deny {
        run: RunName,
        request: Hash,
        denial: Denial,
        reply: Reply<()>,
    },
    /// Nothing but to open the file again, where that has to be done.
    Mend {
        reply: Reply<()>,
    },
    Keep {
        run: RunName,
        snapshot: Snapshot,
    },
    Remove {
        run: RunName,
        removal: Removal,
        reply: Reply<Tombstone>,
    },
}

/// An answer that is held back until its transaction is on the disk.
type Held = Box<dyn FnOnce(Option<StoreError>)>;

/// The connection that writes. It is given up after a write of which nobody knows how it ended.
pub(super) struct Writer {
    path: PathBuf,
    connection: Option<Connection>,
    changes: Arc<watch::Sender<u64>>,
    is_broken: Arc<AtomicBool>,
    fault: Fault,
    commits: u64,
}

impl Writer {
    pub(super) fn new(
        path: PathBuf,
        connection: Connection,
        changes: Arc<watch::Sender<u64>>,
        is_broken: Arc<AtomicBool>,
        fault: Fault,
    ) -> Self {
        Self { path, connection: Some(connection), changes, is_broken, fault, commits: 0 }
    }

    /// Writes until nobody can ask any more.
    pub(super) fn work(&mut self, waiting: mpsc::Receiver<Task>) {
        let mut queue = Queue::new(waiting);
        while let Some(first) = queue.first() {
            let unlocked = self.looked_up(&first);
            let begun = self.begin();
            let batch = iter::once(first).chain(iter::from_fn(|| queue.another()));
            match begun {
                Ok(()) => {
                    let held = batch.map(|task| self.take(task, unlocked)).collect();
                    self.commit(held);
                }
                Err(error) => {
                    let cause = Arc::new(error);
                    batch.for_each(|task| task.refuse(&cause));
                }
            }
        }
    }

    /// Begins a transaction, on a new connection where the last one was given up.
    fn begin(&mut self) -> Result<(), Refusal> {
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
    fn reopened(&self) -> Result<Connection, Refusal> {
        let connection = schema::connect(&self.path, self.fault)
            .map_err(|cause| Refusal::Reopen(Box::new(cause)))?;
        let busy: i64 = connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
            .map_err(|error| Refusal::Reopen(Box::new(error)))?;
        if busy == 0 { Ok(connection) } else { Err(Refusal::Reopen("others use the file".into())) }
    }

    /// Does one task within the transaction.
    fn take(&self, task: Task, unlocked: Option<Hash>) -> Held {
        let Some(connection) = &self.connection else { return Box::new(|_| ()) };
        match task {
            Task::Append { run, after, records, due, reply } => {
                let done = match self.fault {
                    Fault::CheckedUnlocked => {
                        append::forced(connection, &run, after, &records, due, unlocked)
                    }
                    Fault::ConflictIgnored => {
                        append::append(connection, &run, after, &records, due).or_else(|error| {
                            match error {
                                StoreError::Conflict { .. } => Ok(()),
                                error => Err(error),
                            }
                        })
                    }
                    _ => append::append(connection, &run, after, &records, due),
                };
                if self.fault == Fault::EarlyAnswer {
                    let _ = reply.send(done);
                    return Box::new(|_| ());
                }
                held(reply, done)
            }
            Task::Ask { run, after, request, reply } => {
                held(reply, alone(connection, || gates::ask(connection, &run, after, &request)))
            }
            Task::Deny { run, request, denial, reply } => {
                held(reply, alone(connection, || gates::deny(connection, &run, request, denial)))
            }
            Task::Mend { reply } => held(reply, Ok(())),
            Task::Keep { run, snapshot } => {
                // A snapshot that cannot be kept is made anew later.
                let _ = alone(connection, || keep(connection, &run, &snapshot));
                Box::new(|_| ())
            }
            Task::Remove { run, removal, reply } => {
                held(reply, alone(connection, || remove(connection, &run, removal)))
            }
        }
    }

    /// Ends the transaction, and only then answers.
    fn commit(&mut self, held: Vec<Held>) {
        let Some(connection) = &self.connection else { return };
        self.commits += 1;
        let is_to_fail = matches!(self.fault,
            Fault::CommitFails(at) | Fault::FailureIgnored(at) if at == self.commits);
        let committed = if is_to_fail {
            connection.execute_batch("ROLLBACK").map_err(Some).and(Err(None))
        } else {
            execute(connection, "COMMIT").map_err(Some)
        };
        match committed {
            Ok(()) => {
                self.changes.send_modify(|count| *count += 1);
                answer_all(held);
            }
            Err(_) if matches!(self.fault, Fault::FailureIgnored(_)) => {
                answer_all(held);
            }
            Err(error) => {
                let cause = error.map_or_else(|| "a seeded fault".to_owned(), |e| e.to_string());
                tracing::error!(cause, "the store failed while it wrote");
                // A second attempt could succeed without what the first one lost, so that the connection is given up.
                // Who is told reads again, and has to find what is there at the next start too: until that is known,
                // nobody reads.
                self.connection = None;
                self.connection = self.reopened().ok();
                self.is_broken.store(self.connection.is_none(), Ordering::SeqCst);
                for answer in held {
                    answer(Some(StoreError::Indeterminate(cause.clone().into())));
                }
            }
        }
    }

    /// The end of a history before the lock is taken, for the fault of looking there.
    fn looked_up(&self, task: &Task) -> Option<Hash> {
        let (Fault::CheckedUnlocked, Some(connection)) = (self.fault, &self.connection) else {
            return None;
        };
        let Task::Append { run, .. } = task else { return None };
        read::end(connection, run).ok()?.map(|end| end.hash)
    }
}

impl Task {
    fn refuse(self, refusal: &Arc<Refusal>) {
        let error = match **refusal {
            Refusal::Begin(_) => StoreError::Unavailable(Box::new(Arc::clone(refusal))),
            Refusal::Reopen(_) => StoreError::Poisoned(Box::new(Arc::clone(refusal))),
        };
        // Nobody waits for the answer to a call that was given up.
        match self {
            Self::Append { reply, .. }
            | Self::Ask { reply, .. }
            | Self::Deny { reply, .. }
            | Self::Mend { reply } => drop(reply.send(Err(error))),
            Self::Remove { reply, .. } => drop(reply.send(Err(error))),
            Self::Keep { .. } => {}
        }
    }
}

/// Why no transaction can begin.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("the file cannot be written; check that the disk has room")]
    Begin(#[source] rusqlite::Error),
    #[error("the file cannot be opened again")]
    Reopen(#[source] super::super::Cause),
}

fn held<T: 'static>(reply: Reply<T>, done: Result<T, StoreError>) -> Held {
    Box::new(move |failure| {
        // A conflict is forgotten as well: it may have been with a record that went with the transaction.
        let _ = reply.send(failure.map_or(done, Err));
    })
}

fn answer_all(held: Vec<Held>) {
    for answer in held {
        answer(None);
    }
}

fn keep(connection: &Connection, run: &RunName, snapshot: &Snapshot) -> Result<(), StoreError> {
    let Some(end) = read::end(connection, run)? else { return Ok(()) };
    let (version, hash) = (snapshot.version, snapshot.hash.0.as_slice());
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO snapshot (run, version, hash, body, entered, seal)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6
             WHERE EXISTS (SELECT 1 FROM record WHERE run = ?1 AND version = ?2 AND hash = ?3)",
        )
        .and_then(|mut keep| {
            let (body, entered, seal) = (&snapshot.body, snapshot.entered(), snapshot.seal());
            keep.execute((end.id, version, hash, body, entered, seal.0.as_slice()))
        })
        .map(drop)
        .map_err(read::failed)
}

fn remove(
    connection: &Connection,
    run: &RunName,
    removal: Removal,
) -> Result<Tombstone, StoreError> {
    let Some(end) = read::end(connection, run)? else {
        return Err(StoreError::Conflict { actual: None });
    };
    let Removal { actor, time } = removal;
    let removed = || -> rusqlite::Result<()> {
        let values = (
            end.id,
            run.as_str(),
            end.version,
            end.hash.0.as_slice(),
            actor.as_str(),
            time.timestamp_micros(),
        );
        connection.execute("INSERT INTO tombstone VALUES (?, ?, ?, ?, ?, ?)", values)?;
        connection.execute("DELETE FROM record WHERE run = ?", [end.id])?;
        connection.execute("DELETE FROM snapshot WHERE run = ?", [end.id])?;
        connection.execute("DELETE FROM gate WHERE run = ?", [end.id])?;
        connection.execute("DELETE FROM run WHERE id = ?", [end.id])?;
        Ok(())
    };
    removed().map_err(read::failed)?;
    Ok(Tombstone { run: run.clone(), version: end.version, hash: end.hash, actor, time })
}
