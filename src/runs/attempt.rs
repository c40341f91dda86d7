//! One attempt to apply an event and to record it.

use std::time::Instant;

use tokio::sync::MutexGuard as RunGuard;

use super::offload::offload;
use super::{Runs, RunsError};
use crate::chart::Event;
use crate::portable::Portable;
use crate::record::{Hash, Record, RunId, Snapshot};
use crate::run::{Authority, Rejection, RejectionKind, Run, RunStatus, Stamp};
use crate::store::{Append, StoreError};

/// An event that a run took and that was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accepted {
    /// The event.
    pub event: &'static Event,
    /// The run.
    pub status: RunStatus,
    /// Whether the request had been recorded before, and nothing was added now.
    pub replayed: bool,
}

/// What became of one attempt to record an event.
pub(super) enum Attempt {
    Accepted(RunStatus),
    Rejected(Rejection, RunStatus),
    /// Another caller was faster.
    Lost,
}

impl<M: Portable<Context: Default>> Runs<M> {
    /// Applies an event to a run that is taken out of its place, records it, and puts the run back.
    pub(super) async fn attempt(
        &self,
        id: &RunId,
        place: &mut RunGuard<'_, Option<Run<M>>>,
        run: Run<M>,
        event: M::Event,
        stamp: Stamp,
        authority: Authority,
    ) -> Result<Attempt, RunsError> {
        let after = run.hash();
        let limit = self.limits.context_bytes;
        let work = move |run: &mut Run<M>| {
            let opening = run.start(Stamp { key: None, ..stamp.clone() });
            let is_opening = opening.is_some();
            let done = run.apply(event, stamp, authority, limit).map(|change| {
                (opening.into_iter().chain([change.record]).collect(), change.snapshot)
            });
            (is_opening, done)
        };
        let (mut run, (is_opening, done)) = offload(run, work).await?;
        let (records, snapshot) = match done {
            Ok(change) => change,
            Err(rejection) => {
                use RejectionKind::{Failed, Limit};
                // A handler that failed may have written to the machine, and a refused event starts no run.
                if is_opening || matches!(rejection.kind, Failed | Limit) {
                    run = Box::pin(self.fresh(id, place)).await?;
                }
                let status = run.status(id);
                self.live.put(id, place, run);
                return Ok(Attempt::Rejected(rejection, status));
            }
        };
        if is_opening {
            self.check_room(id).await?;
        }
        match self.record(id, &run, after, records, snapshot).await {
            Ok(()) => {
                let status = run.status(id);
                self.live.put(id, place, run);
                Ok(Attempt::Accepted(status))
            }
            Err(StoreError::Conflict { .. }) => Ok(Attempt::Lost),
            Err(error) => Err(error.into()),
        }
    }

    /// Records what has happened to a run, after the record with the hash `after`.
    pub(super) async fn record(
        &self,
        id: &RunId,
        run: &Run<M>,
        after: Hash,
        records: Vec<Record>,
        snapshot: Option<Snapshot>,
    ) -> Result<(), StoreError> {
        let due = run.due().map(|(due, _)| due);
        let append = Append::new(id.clone(), after, records, self.program.declaration);
        let begin = Instant::now();
        self.store.append(append.due_at(due).standing(Self::standing(run))).await?;
        self.appends.add(begin.elapsed());
        self.alarm.hurry(due);
        self.tasks.went_on(id, run);
        if let Some(snapshot) = snapshot {
            self.store.keep(id, snapshot);
        }
        self.keep_chart().await;
        Ok(())
    }
}
