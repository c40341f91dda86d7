//! The thread that writes: whatever waits goes into one transaction, and is answered once that is on the disk.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};

use super::super::gate::{Denial, GateRequest};
use super::super::{Removal, Snapshot, StoreError, Tombstone};
use super::{Fault, gates, read, schema};
use crate::record::{Hash, Record, RunName, Version};

/// The most requests of one transaction.
const BATCH: usize = 512;

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
    pub(super) fn work(&mut self, mut waiting: mpsc::Receiver<Task>) {
        let mut batch = Vec::with_capacity(BATCH);
        while waiting.blocking_recv_many(&mut batch, BATCH) > 0 {
            let unlocked = self.looked_up(&batch);
            if let Err(error) = self.begin() {
                let cause = Arc::new(error);
                batch.drain(..).for_each(|task| task.refuse(&cause));
                continue;
            }
            let mut held = Vec::with_capacity(BATCH);
            while !batch.is_empty() {
                held.extend(batch.drain(..).map(|task| self.take(task, &unlocked)));
                // Whoever has come meanwhile need not wait for the disk twice.
                while held.len() + batch.len() < BATCH
                    && let Ok(task) = waiting.try_recv()
                {
                    batch.push(task);
                }
            }
            self.commit(held);
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
    fn take(&self, task: Task, unlocked: &[Option<Hash>]) -> Held {
        let Some(connection) = &self.connection else { return Box::new(|_| ()) };
        match task {
            Task::Append { run, after, records, due, reply } => {
                let done = match self.fault {
                    Fault::CheckedUnlocked => {
                        forced(connection, &run, after, &records, due, unlocked)
                    }
                    Fault::ConflictIgnored => append(connection, &run, after, &records, due)
                        .or_else(|error| match error {
                            StoreError::Conflict { .. } => Ok(()),
                            error => Err(error),
                        }),
                    _ => append(connection, &run, after, &records, due),
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

    /// The ends of the histories before the lock is taken, for the fault of looking there.
    fn looked_up(&self, batch: &[Task]) -> Vec<Option<Hash>> {
        let (Fault::CheckedUnlocked, Some(connection)) = (self.fault, &self.connection) else {
            return Vec::new();
        };
        let ends = batch.iter().map(|task| match task {
            Task::Append { run, .. } => read::end(connection, run).ok()?.map(|end| end.hash),
            _ => None,
        });
        ends.collect()
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
    due: Option<DateTime<Utc>>,
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
        return advance(connection, end.id, run, last, due).inspect_err(|error| {
            tracing::error!(?error, "the head of a run cannot be written");
            // The record has no head, and goes with the transaction; then the commit fails, and tells all of it.
            let _ = execute(connection, "ROLLBACK");
        });
    }
    alone(connection, || {
        let id = match &end {
            Some(end) => advance(connection, end.id, run, last, due).map(|()| end.id)?,
            None => start(connection, run, last, due)?,
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
    due: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let (time, seal) = (micros(last.time), sealed(run, last, due));
    let (hash, seal, due) = (last.hash.0.as_slice(), seal.0.as_slice(), due.map(micros));
    let (version, state) = (last.version, last.state());
    connection
        .prepare_cached(
            "UPDATE run SET version = ?, state = ?, time = ?, due = ?, hash = ?, seal = ?
             WHERE id = ?",
        )
        .and_then(|mut update| update.execute((version, state, time, due, hash, seal, id)))
        .map(drop)
        .map_err(read::failed)
}

/// The hash of the head that a run has after a record.
fn sealed(run: &RunName, last: &Record, due: Option<DateTime<Utc>>) -> Hash {
    // No history is that long.
    let version = i64::try_from(last.version.0).unwrap_or(i64::MAX);
    let times = (micros(last.time), due.map(micros));
    schema::seal(run.as_str(), version, last.state(), times, &last.hash.0)
}

fn micros(time: DateTime<Utc>) -> i64 {
    time.timestamp_micros()
}

/// Makes the run.
fn start(
    connection: &Connection,
    run: &RunName,
    last: &Record,
    due: Option<DateTime<Utc>>,
) -> Result<i64, StoreError> {
    let (time, hash) = (last.time.timestamp_micros(), last.hash.0.as_slice());
    let (seal, due) = (sealed(run, last, due), due.map(micros));
    let (name, seal) = (run.as_str(), seal.0.as_slice());
    let values = (name, last.version, last.state(), time, due, hash, seal);
    let made = || -> rusqlite::Result<i64> {
        connection
            .prepare_cached(
                "INSERT INTO run (name, version, state, time, due, hash, seal)
                 VALUES (?, ?, ?, ?, ?, ?, ?)",
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

/// An append that trusts what was looked up before the lock: a seeded fault.
fn forced(
    connection: &Connection,
    run: &RunName,
    after: Hash,
    records: &[Record],
    due: Option<DateTime<Utc>>,
    unlocked: &[Option<Hash>],
) -> Result<(), StoreError> {
    let was_free = unlocked.iter().flatten().any(|hash| *hash == after) || after == Hash::NONE;
    match append(connection, run, after, records, due) {
        Err(StoreError::Conflict { .. }) if was_free => Ok(()),
        done => done,
    }
}
