//! How far a task is, as its note says.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use crate::record::{Hash, RunId, Version};
use crate::run::Pending;
use crate::store::{DueNote, Note, NoteChange, NoteName, Scope, Store, StoreError};

/// The names of the notes of tasks begin with this.
const PREFIX: &str = "task/";

/// The note of a store whose tasks are paused.
const PAUSED: &str = "tasks/paused";

/// The longest error that is kept, in bytes.
const ERROR: usize = 1 << 10;

/// What the note of a task says; it is empty until the first attempt.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Progress {
    /// The number of attempts that were begun.
    pub(super) attempts: u32,
    /// Why the last one failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    /// Who performs it, until the note is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) holder: Option<String>,
}

impl Progress {
    pub(super) fn read(note: &Note) -> Self {
        serde_json::from_str::<Option<Self>>(note.body.get()).ok().flatten().unwrap_or_default()
    }

    pub(super) fn body(&self) -> Result<Box<RawValue>, serde_json::Error> {
        to_raw_value(self)
    }
}

/// A reason as it is kept.
pub(super) fn kept(reason: &str) -> String {
    let end = reason.char_indices().map(|(place, c)| place + c.len_utf8());
    let end = end.take_while(|end| *end <= ERROR).last().unwrap_or(0);
    reason.get(..end).unwrap_or_default().to_owned()
}

/// The note of a task; `None` if the task's name is too long to be one, which `#[machine]` refuses.
pub(super) fn note_name(pending: &Pending) -> Option<NoteName> {
    format!("{PREFIX}{}/{}", pending.since, pending.task.name()).parse().ok()
}

/// The version and the name of the task whose note has this name.
pub(super) fn named(note: &NoteName) -> Option<(Version, &str)> {
    let (since, name) = note.as_str().strip_prefix(PREFIX)?.split_once('/')?;
    Some((Version(since.parse().ok()?), name))
}

/// A name for this value in leases that no other has.
pub(in crate::runs) fn holder() -> String {
    let mut bytes = [0; 8];
    // Without randomness the number of the process tells at least the programs of one machine apart.
    if getrandom::fill(&mut bytes).is_err() {
        bytes = u64::from(std::process::id()).to_be_bytes();
    }
    format!("{:016x}", u64::from_be_bytes(bytes))
}

/// The idempotency key of a task.
pub(super) fn idempotency_key(run: &RunId, pending: &Pending) -> String {
    let key = Hash::of(&[
        run.owner.as_str().as_bytes(),
        run.name.as_str().as_bytes(),
        &pending.since.0.to_be_bytes(),
        &pending.time.timestamp_micros().to_be_bytes(),
        pending.task.name().as_bytes(),
    ]);
    key.to_string()
}

/// A task that a run has started and that has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TaskStatus {
    /// The name.
    pub name: String,
    /// The version of the record that started it.
    pub since: Version,
    /// The number of attempts that were begun.
    pub attempts: u32,
    /// Whether an attempt is under way.
    pub is_running: bool,
    /// When the next attempt is due; of a task that is under way, when another program may take it over.
    pub due: Option<DateTime<Utc>>,
    /// Why the last attempt failed.
    pub error: Option<String>,
}

/// The tasks that a run has started and that have not ended, in the order of their names.
///
/// # Errors
///
/// The store fails.
pub async fn tasks_of(store: &dyn Store, run: &RunId) -> Result<Vec<TaskStatus>, StoreError> {
    let notes = store.notes(&Scope::Run { run: run.clone() }).await?;
    Ok(notes.iter().filter_map(TaskStatus::read).collect())
}

/// The tasks of all runs that have started and have not ended, at most `limit`, the one first that is due first.
///
/// # Errors
///
/// The store fails.
pub async fn all_tasks(
    store: &dyn Store,
    limit: usize,
) -> Result<Vec<(RunId, TaskStatus)>, StoreError> {
    let notes = store.due_notes(DateTime::<Utc>::MAX_UTC, limit).await?;
    let status = |due: DueNote| Some((due.run, TaskStatus::read(&due.note)?));
    Ok(notes.into_iter().filter_map(status).collect())
}

impl TaskStatus {
    fn read(note: &Note) -> Option<Self> {
        let (since, name) = named(&note.name)?;
        let Progress { attempts, error, holder } = Progress::read(note);
        let (name, is_running) = (name.to_owned(), holder.is_some());
        Some(Self { name, since, attempts, is_running, due: note.due, error })
    }
}

/// Whether the tasks of a store are paused.
///
/// # Errors
///
/// The store fails.
pub async fn is_paused(store: &dyn Store) -> Result<bool, StoreError> {
    Ok(paused(store).await?.is_some())
}

async fn paused(store: &dyn Store) -> Result<Option<Note>, StoreError> {
    let notes = store.notes(&Scope::Store).await?;
    Ok(notes.into_iter().find(|note| note.name.as_str() == PAUSED))
}

/// Pauses the tasks of a store, or lets them go on. No program that uses the store begins an attempt from one second later
/// on; attempts under way are finished. The answer is whether this changed anything.
///
/// # Errors
///
/// The store fails.
pub async fn pause(store: &dyn Store, is_paused: bool) -> Result<bool, StoreError> {
    let note = paused(store).await?;
    let Ok(name) = PAUSED.parse() else { return Ok(false) };
    let change = match (note, is_paused) {
        (None, true) => NoteChange::create(name, RawValue::NULL.to_owned()),
        (Some(note), false) => NoteChange::remove(name, note.revision),
        _ => return Ok(false),
    };
    match store.note(&Scope::Store, change).await {
        // Somebody else did the same.
        Err(StoreError::NoteConflict { .. }) => Ok(false),
        done => done.map(|_| true),
    }
}
