//! The thread that writes: whatever waits goes into one transaction, and is answered once that is on the disk.

use std::iter;
use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};

use super::super::{Removal, Snapshot, StoreError, Tombstone};
use super::queue::Queue;
use super::{Fault, read, schema};
use crate::record::{Hash, Record, RunName, Version};

type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// What is to be written.
pub(super) enum Task {
    Append { run: RunName, after: Hash, records: Vec<Record>, reply: Reply<()> },
    Keep { run: RunName, snapshot: Snapshot },
    Remove { run: RunName, removal: Removal, reply: Reply<Tombstone> },
}

/// An answer that is held back until its transaction is on the disk.
type Held = Box<dyn FnOnce(Option<StoreError>)>;

/// The connection that writes. It is given up after a write of which nobody knows how it ended.
pub(super) struct Writer {
    path: PathBuf,
    connection: Option<Connection>,
    changes: Arc<watch::Sender<u64>>,
    fault: Fault,
    commits: u64,
}

impl Writer {
    pub(super) fn new(
        path: PathBuf,
        connection: Connection,
        changes: Arc<watch::Sender<u64>>,
        fault: Fault,
    ) -> Self {
        Self { path, connection: Some(connection), changes, fault, commits: 0 }
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
            None => self.reopened()?,
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
            Task::Append { run, after, records, reply } => {
                let done = match self.fault {
                    Fault::CheckedUnlocked => forced(connection, &run, after, &records, unlocked),
                    Fault::ConflictIgnored => {
                        append(connection, &run, after, &records).or_else(|error| match error {
                            StoreError::Conflict { .. } => Ok(()),
                            error => Err(error),
                        })
                    }
                    _ => append(connection, &run, after, &records),
                };
                if self.fault == Fault::EarlyAnswer {
                    let _ = reply.send(done);
                    return Box::new(|_| ());
                }
                held(reply, done)
            }
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
                // A second attempt could succeed without what the first one lost.
                self.connection = None;
                let cause = error.map_or_else(|| "a seeded fault".to_owned(), |e| e.to_string());
                tracing::error!(cause, "the store failed while it wrote");
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
            Self::Append { reply, .. } => drop(reply.send(Err(error))),
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

fn execute(connection: &Connection, statement: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(statement)?.execute([]).map(drop)
}

/// Whether the transaction goes on. A failure of the disk may have ended it, and what is written then would be
/// committed by itself.
fn goes_on(connection: &Connection) -> Result<(), StoreError> {
    if connection.is_autocommit() {
        return Err(StoreError::Unavailable("the transaction was given up".into()));
    }
    Ok(())
}

/// Does one thing so that its failure undoes it alone.
fn alone<T>(
    connection: &Connection,
    act: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    goes_on(connection)?;
    connection.execute_batch("SAVEPOINT task").map_err(read::failed)?;
    let done = act();
    let end = if done.is_ok() { "RELEASE task" } else { "ROLLBACK TO task; RELEASE task" };
    connection.execute_batch(end).map_err(read::failed)?;
    done
}

/// Adds records where the history ends before the first of them.
fn append(
    connection: &Connection,
    run: &RunName,
    after: Hash,
    records: &[Record],
) -> Result<(), StoreError> {
    goes_on(connection)?;
    let (Some(first), Some(last)) = (records.first(), records.last()) else { return Ok(()) };
    let end = read::end(connection, run)?;
    let actual = end.as_ref().map(|end| end.version);
    let follows = match &end {
        Some(end) => end.version.next() == first.version && end.hash == after,
        None => first.version == Version::START,
    };
    if !follows {
        return Err(StoreError::Conflict { actual });
    }
    let add = |id, record| {
        if is_known(connection, id, record)? {
            return Err(StoreError::Conflict { actual });
        }
        insert(connection, id, record)
    };
    if let (Some(end), [record]) = (&end, records) {
        // Without a savepoint, for which SQLite would keep a copy of each page that is written: a conflict is seen
        // before the first write, and SQLite undoes a statement that fails.
        add(end.id, record)?;
        return advance(connection, end.id, run, last).inspect_err(|error| {
            tracing::error!(?error, "the head of a run cannot be written");
            // The record has no head, and goes with the transaction; then the commit fails, and tells all of it.
            let _ = execute(connection, "ROLLBACK");
        });
    }
    alone(connection, || {
        let id = match &end {
            Some(end) => advance(connection, end.id, run, last).map(|()| end.id)?,
            None => start(connection, run, last)?,
        };
        records.iter().try_for_each(|record| add(id, record))
    })
}

/// Moves the head of a run.
fn advance(
    connection: &Connection,
    id: i64,
    run: &RunName,
    last: &Record,
) -> Result<(), StoreError> {
    let (time, seal) = (last.time.timestamp_micros(), sealed(run, last));
    let (hash, seal) = (last.hash.0.as_slice(), seal.0.as_slice());
    connection
        .prepare_cached(
            "UPDATE run SET version = ?, state = ?, time = ?, hash = ?, seal = ? WHERE id = ?",
        )
        .and_then(|mut update| update.execute((last.version, last.state(), time, hash, seal, id)))
        .map(drop)
        .map_err(read::failed)
}

/// The hash of the head that a run has after a record.
fn sealed(run: &RunName, last: &Record) -> Hash {
    // No history is that long.
    let version = i64::try_from(last.version.0).unwrap_or(i64::MAX);
    let time = last.time.timestamp_micros();
    schema::seal(run.as_str(), version, last.state(), time, &last.hash.0)
}

/// Makes the run.
fn start(connection: &Connection, run: &RunName, last: &Record) -> Result<i64, StoreError> {
    let (time, hash) = (last.time.timestamp_micros(), last.hash.0.as_slice());
    let seal = sealed(run, last);
    let values = (run.as_str(), last.version, last.state(), time, hash, seal.0.as_slice());
    let made = || -> rusqlite::Result<i64> {
        connection
            .prepare_cached(
                "INSERT INTO run (name, version, state, time, hash, seal)
                 VALUES (?, ?, ?, ?, ?, ?)",
            )?
            .execute(values)?;
        Ok(connection.last_insert_rowid())
    };
    made().map_err(read::failed)
}

/// Whether the run has a record for the same request.
fn is_known(connection: &Connection, id: i64, record: &Record) -> Result<bool, StoreError> {
    let Some(key) = &record.key else { return Ok(false) };
    connection
        .prepare_cached("SELECT 1 FROM record WHERE run = ? AND key = ?")
        .and_then(|mut known| known.exists((id, key.as_str())))
        .map_err(read::failed)
}

fn insert(connection: &Connection, id: i64, record: &Record) -> Result<(), StoreError> {
    let key = record.key.as_ref().map(crate::record::RequestKey::as_str);
    let (time, hash) = (record.time.timestamp_micros(), record.hash.0.as_slice());
    let values = (id, record.version, time, record.actor.as_str(), key, record.written(), hash);
    connection
        .prepare_cached(
            "INSERT INTO record (run, version, time, actor, key, entry, hash)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .and_then(|mut insert| insert.execute(values))
        .map(drop)
        .map_err(read::failed)
}

fn keep(connection: &Connection, run: &RunName, snapshot: &Snapshot) -> Result<(), StoreError> {
    let Some(end) = read::end(connection, run)? else { return Ok(()) };
    let (version, hash) = (snapshot.version, snapshot.hash.0.as_slice());
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO snapshot (run, version, hash, body, seal)
             SELECT ?1, ?2, ?3, ?4, ?5
             WHERE EXISTS (SELECT 1 FROM record WHERE run = ?1 AND version = ?2 AND hash = ?3)",
        )
        .and_then(|mut keep| {
            keep.execute((end.id, version, hash, &snapshot.body, snapshot.seal().0.as_slice()))
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
        connection.execute("DELETE FROM run WHERE id = ?", [end.id])?;
        Ok(())
    };
    removed().map_err(read::failed)?;
    Ok(Tombstone { run: run.clone(), version: end.version, hash: end.hash, actor, time })
}

/// An append that trusts what was looked up before the lock: a seeded fault.
fn forced(
    connection: &Connection,
    run: &RunName,
    after: Hash,
    records: &[Record],
    unlocked: Option<Hash>,
) -> Result<(), StoreError> {
    let was_free = unlocked == Some(after) || after == Hash::NONE;
    match append(connection, run, after, records) {
        Err(StoreError::Conflict { .. }) if was_free => Ok(()),
        done => done,
    }
}
