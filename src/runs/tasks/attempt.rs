//! One attempt at a task.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::Notify;
use tokio::task::{JoinError, JoinHandle};

use super::super::{Runs, RunsError};
use super::Unclaimed;
use super::progress::{Progress, idempotency_key, kept, named};
use crate::guarded::Panic;
use crate::portable::Portable;
use crate::record::RunId;
use crate::run::Pending;
use crate::store::{Note, NoteChange, Scope, StoreError};
use crate::task::{Attempt, Attempting, TaskError, Worker};

/// When a task is looked at again that cannot be performed now, for instance because its run cannot be read.
const LATER: Duration = Duration::from_secs(60);

/// When a store that failed is tried again.
pub(super) const AGAIN: Duration = Duration::from_secs(1);

/// A task that is due.
pub(super) struct Due {
    pub(super) run: RunId,
    pub(super) note: Note,
    /// Notified when the state of the task is left.
    pub(super) left: Arc<Notify>,
    pub(super) unclaimed: Unclaimed,
}

/// The right to perform a task, until the lease ends.
pub(super) struct Claim {
    pub(super) run: RunId,
    pub(super) note: Note,
    pub(super) progress: Progress,
    /// When another program may have it.
    pub(super) until: DateTime<Utc>,
}

impl Claim {
    fn new(run: RunId, note: Note) -> Self {
        let progress = Progress::read(&note);
        Self { run, note, progress, until: DateTime::<Utc>::MIN_UTC }
    }
}

/// How an attempt ended.
enum Performed<E> {
    Done(Result<E, TaskError>),
    /// The state was left, or another program has the task.
    Lost,
}

impl<M: Portable<Context: Default>> Runs<M> {
    /// Performs a task that is due, and does what follows.
    pub(super) async fn perform(&self, worker: &Worker<M>, due: Due) {
        let (run, name) = (due.run.clone(), due.note.name.clone());
        if let Err(error) = self.perform_due(worker, due).await {
            warn(&run, &error, "a task waits");
            // A store that fails now most likely fails at once again.
            self.clock.sleep_until(self.clock.now() + AGAIN).await;
        }
        self.tasks.end(&run, &name);
    }

    async fn perform_due(&self, worker: &Worker<M>, due: Due) -> Result<(), RunsError> {
        let Due { run, note, left, unclaimed } = due;
        let mut claim = Claim::new(run, note);
        let found = match self.of_note(&claim).await {
            Ok(found) => found,
            Err(error) => {
                warn(&claim.run, &error, "a task waits: its run cannot be read");
                claim.progress.error = Some(kept(&crate::text::chain(&error)));
                return self.postpone(&mut claim, LATER).await;
            }
        };
        let Some((pending, input)) = found else { return self.forget(&claim).await };
        let is_spent = claim.progress.attempts >= pending.task.attempts();
        claim.progress.attempts += u32::from(!is_spent);
        claim.progress.holder = Some(self.tasks.holder.clone());
        if !self.hold(&mut claim).await? {
            return Ok(());
        }
        drop(unclaimed);
        if is_spent {
            return self.give_up(&mut claim, &pending, None).await;
        }
        let (name, number) = (pending.task.name(), claim.progress.attempts);
        let run = format!("{}/{}", claim.run.owner, claim.run.name);
        let key = idempotency_key(&claim.run, &pending);
        let attempting = worker.perform(input, Attempt::new(run, name, key, number));
        match self.supervise(attempting, &mut claim, &pending, &left).await {
            Performed::Lost => Ok(()),
            Performed::Done(outcome) => self.conclude(&mut claim, &pending, outcome).await,
        }
    }

    /// The task of a note and its input; `None` if the run does not have it, or the machine no longer knows it.
    async fn of_note(&self, claim: &Claim) -> Result<Option<(Pending, M::Task)>, RunsError> {
        let Some((since, name)) = named(&claim.note.name) else { return Ok(None) };
        let name = name.to_owned();
        self.read(&claim.run, move |run| {
            let is_this = |found: &Pending| found.since == since && found.task.name() == name;
            let Some(pending) = run.pending().find(is_this) else { return Ok(None) };
            Ok(run.input(&pending)?.map(|input| (pending, input)))
        })
        .await?
    }

    /// Takes or renews the lease. The answer is whether it is this program's.
    async fn hold(&self, claim: &mut Claim) -> Result<bool, RunsError> {
        let until = self.clock.now() + self.limits.task_lease;
        let is_held = self.write(claim, Some(until)).await?;
        if is_held {
            claim.until = until;
        }
        Ok(is_held)
    }

    /// Gives back the leases of tasks whose attempts were cancelled with [`perform_tasks`](Self::perform_tasks). These attempts
    /// do not count.
    pub(in crate::runs) async fn release_tasks(&self) {
        let under_way = std::mem::take(&mut *self.tasks.running());
        for run in under_way.into_keys() {
            let notes = self.store.notes(&Scope::Run { run: run.clone() }).await;
            for note in notes.unwrap_or_default() {
                let mut claim = Claim::new(run.clone(), note);
                if claim.progress.holder.as_ref() != Some(&self.tasks.holder) {
                    continue;
                }
                claim.progress.attempts = claim.progress.attempts.saturating_sub(1);
                if let Err(error) = self.postpone(&mut claim, Duration::ZERO).await {
                    warn(&run, &error, "a task stays with this program until its lease ends");
                }
            }
        }
    }

    /// Leaves the task for later.
    pub(super) async fn postpone(
        &self,
        claim: &mut Claim,
        wait: Duration,
    ) -> Result<(), RunsError> {
        claim.progress.holder = None;
        let due = self.clock.now() + wait;
        self.write(claim, Some(due)).await.map(drop)
    }

    /// Writes the note, unless another program was faster or the run has left the state; then the answer is `false`.
    async fn write(
        &self,
        claim: &mut Claim,
        due: Option<DateTime<Utc>>,
    ) -> Result<bool, RunsError> {
        let body = claim.progress.body().map_err(|error| RunsError::Panicked(error.to_string()))?;
        let (name, revision) = (claim.note.name.clone(), claim.note.revision);
        let change = NoteChange::replace(name, revision, body).due_at(due);
        self.change(claim, change).await
    }

    /// Removes the note of a task that is none any more.
    async fn forget(&self, claim: &Claim) -> Result<(), RunsError> {
        let change = NoteChange::remove(claim.note.name.clone(), claim.note.revision);
        let scope = Scope::Run { run: claim.run.clone() };
        match self.store.note(&scope, change).await {
            Err(StoreError::NoteConflict { .. } | StoreError::Conflict { .. }) => Ok(()),
            done => Ok(done.map(drop)?),
        }
    }

    async fn change(&self, claim: &mut Claim, change: NoteChange) -> Result<bool, RunsError> {
        let scope = Scope::Run { run: claim.run.clone() };
        match self.store.note(&scope, change).await {
            Ok(revision) => {
                claim.note.revision = revision;
                Ok(true)
            }
            Err(StoreError::NoteConflict { .. } | StoreError::Conflict { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Waits for the attempt, and renews the lease meanwhile.
    async fn supervise(
        &self,
        attempting: Attempting<M::Event>,
        claim: &mut Claim,
        pending: &Pending,
        left: &Notify,
    ) -> Performed<M::Event> {
        let limit = pending.task.limit();
        let deadline = self.clock.now() + limit;
        let mut working = Working(tokio::spawn(attempting));
        let mut renewal = self.clock.now() + self.limits.task_lease / 3;
        loop {
            tokio::select! {
                done = &mut working.0 => return finished(done),
                () = left.notified() => return Performed::Lost,
                () = self.clock.sleep_until(deadline) => {
                    let error = TaskError::new(format!("it took longer than its limit of {limit:?}"));
                    return Performed::Done(Err(error));
                }
                () = self.clock.sleep_until(renewal) => {}
            }
            match self.hold(claim).await {
                Ok(true) => {}
                Ok(false) => return Performed::Lost,
                Err(_) if self.clock.now() >= claim.until => return Performed::Lost,
                Err(error) => warn(&claim.run, &error, "a lease cannot be renewed"),
            }
            renewal = self.clock.now() + self.limits.task_lease / 3;
        }
    }
}

fn warn(run: &RunId, error: &RunsError, what: &str) {
    tracing::warn!(%run, error = error as &dyn std::error::Error, "{what}");
}

/// The work of an attempt. Dropping it cancels the work.
struct Working<T>(JoinHandle<T>);

impl<T> Drop for Working<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn finished<E>(done: Result<Result<E, TaskError>, JoinError>) -> Performed<E> {
    match done {
        Ok(result) => Performed::Done(result),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => Performed::Done(Err(Panic::from(panic).into())),
            // The runtime ends.
            Err(_) => Performed::Lost,
        },
    }
}
