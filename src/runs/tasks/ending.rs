//! How a task ends: in an event of the machine, or in another attempt.

use std::time::Duration;

use super::super::attempt::Attempt;
use super::super::{Runs, RunsError};
use super::attempt::{AGAIN, Claim};
use super::progress::kept;
use crate::machine::{Name, Named};
use crate::portable::Portable;
use crate::record::{Actor, Performed};
use crate::run::{Authority, Pending, Stamp};
use crate::task::TaskError;

/// How often an outcome is applied again after it lost a race.
const ATTEMPTS: usize = 100;

/// The longest backoff.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// When a task is tried to be ended again whose failure event was refused.
const LATER: Duration = Duration::from_secs(60);

/// What became of an outcome.
enum Ended {
    /// It is recorded, or comes too late.
    Done,
    /// The machine refuses it, for this reason.
    Refused(String),
}

impl<M: Portable<Context: Default>> Runs<M> {
    /// Does what follows from an attempt. A store that fails is tried again as long as the lease lasts, so that what was done
    /// need not be done again.
    pub(super) async fn conclude(
        &self,
        claim: &mut Claim,
        pending: &Pending,
        outcome: Result<M::Event, TaskError>,
    ) -> Result<(), RunsError> {
        loop {
            let done = match &outcome {
                Ok(event) => self.end_in(claim, pending, event.clone()).await,
                Err(error) => self.failed(claim, pending, error).await,
            };
            let again = self.clock.now() + AGAIN;
            match done {
                Err(RunsError::Store(_)) if again < claim.until => {
                    self.clock.sleep_until(again).await;
                }
                done => return done,
            }
        }
    }

    /// Ends a task in the event that its attempt came to.
    async fn end_in(
        &self,
        claim: &mut Claim,
        pending: &Pending,
        event: M::Event,
    ) -> Result<(), RunsError> {
        let name = event.name();
        if !pending.task.ends_in(name.number()) {
            let error = TaskError::new(format!("it may not end in `{name}`")).permanent();
            return self.failed(claim, pending, &error).await;
        }
        match self.record_outcome(claim, pending, event).await? {
            Ended::Done => Ok(()),
            Ended::Refused(reason) => {
                let error = TaskError::new(format!("the machine refuses its outcome: {reason}"));
                self.failed(claim, pending, &error).await
            }
        }
    }

    /// Leaves a task for another attempt, if there is one.
    async fn failed(
        &self,
        claim: &mut Claim,
        pending: &Pending,
        error: &TaskError,
    ) -> Result<(), RunsError> {
        let attempts = claim.progress.attempts;
        tracing::info!(run = %claim.run, task = pending.task.name(), attempts, "an attempt failed");
        claim.progress.error = Some(kept(&error.to_string()));
        if error.is_permanent() || attempts >= pending.task.attempts() {
            return self.give_up(claim, pending, claim.progress.error.clone()).await;
        }
        let doubled = 1_u32.checked_shl(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
        let wait = pending.task.backoff().saturating_mul(doubled).min(LONGEST);
        self.postpone(claim, wait).await
    }

    /// Ends a task in its failure event.
    pub(super) async fn give_up(
        &self,
        claim: &mut Claim,
        pending: &Pending,
        error: Option<String>,
    ) -> Result<(), RunsError> {
        // Without an error of its own the last attempt ended with its program.
        let error = error.unwrap_or_else(|| "the program ended during the last attempt".to_owned());
        claim.progress.error = Some(error.clone());
        let Some(event) = M::failure(pending.number, error) else { return Ok(()) };
        match self.record_outcome(claim, pending, event).await? {
            Ended::Done => Ok(()),
            Ended::Refused(reason) => {
                let run = &claim.run;
                tracing::warn!(%run, task = pending.task.name(), reason, "a failed task cannot end");
                claim.progress.error =
                    Some(kept(&format!("its failure event is refused: {reason}")));
                self.postpone(claim, LATER).await
            }
        }
    }

    async fn record_outcome(
        &self,
        claim: &Claim,
        pending: &Pending,
        event: M::Event,
    ) -> Result<Ended, RunsError> {
        let id = &claim.run;
        let progress = claim.progress.clone();
        let performed =
            Performed::new(pending.task.name(), pending.since, progress.attempts, progress.error);
        let slot = self.live.slot(id);
        let mut place = slot.lock().await;
        for _ in 0..ATTEMPTS {
            let now = self.clock.now();
            let run = self.current(id, &slot, &mut place, now).await?;
            if !run.pending().any(|standing| standing == *pending) {
                self.live.put(id, &mut place, run);
                return Ok(Ended::Done);
            }
            let stamp = Stamp::new(now, Actor::Task, None);
            let authority = Authority::Task(performed.clone());
            match self.attempt(id, &mut place, run, event.clone(), stamp, authority).await? {
                Attempt::Accepted(_) => return Ok(Ended::Done),
                Attempt::Rejected(rejection, _) => return Ok(Ended::Refused(rejection.reason)),
                Attempt::Lost => {}
            }
        }
        let run = self.current(id, &slot, &mut place, self.clock.now()).await?;
        let status = Box::new(run.status(id));
        self.live.put(id, &mut place, run);
        Err(RunsError::Contended(status))
    }
}
