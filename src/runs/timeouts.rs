//! Timeouts, which come by themselves.
//!
//! Before a run is used, its timeouts that are due are recorded, so that nobody sees them late. The timer task records
//! them in runs that nobody uses.

use std::convert::Infallible;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::stream::{self, StreamExt};
use tokio::sync::MutexGuard as RunGuard;

use super::{Runs, RunsError};
use crate::portable::Portable;
use crate::record::RunId;
use crate::run::{RejectionKind, Run};
use crate::store::{Due, StoreError};

/// The longest sleep of the timer task. Other processes may write meanwhile, and a failed store may be fixed.
const SLEEP: Duration = Duration::from_secs(60);

/// How many runs are read at once, and how many of them settle at the same time. Their records share commits.
const PAGE: usize = 1024;
const TOGETHER: usize = 256;

impl<M: Portable<Context: Default>> Runs<M> {
    /// Records timeouts as they fall due, until it is dropped.
    ///
    /// Without it they are recorded when their run is used next.
    pub async fn keep_time(&self) -> Infallible {
        if !M::CHART.has_timeouts() {
            return std::future::pending().await;
        }
        loop {
            self.alarm.arm();
            let next = self.tick().await.unwrap_or_else(|error| {
                tracing::warn!(error = &error as &dyn std::error::Error, "timeouts wait");
                None
            });
            let latest = self.clock.now() + SLEEP;
            let next = next.map_or(latest, |next| next.min(latest));
            self.alarm.set(next);
            tokio::select! {
                () = self.clock.sleep_until(next) => {}
                () = self.alarm.early() => {}
            }
        }
    }

    /// Records what is due in all runs. The answer is when the next timeout falls due.
    ///
    /// # Errors
    ///
    /// The store cannot say what falls due. A run that fails keeps no other waiting.
    pub async fn tick(&self) -> Result<Option<DateTime<Utc>>, RunsError> {
        if !M::CHART.has_timeouts() {
            return Ok(None);
        }
        let now = self.clock.now();
        let mut after: Option<Due> = None;
        loop {
            let page = self.store.due(after.as_ref(), PAGE).await?;
            let is_due = page.partition_point(|due| due.time <= now);
            let next = page.get(is_due).map(|due| due.time);
            after = page.last().cloned();
            let due = stream::iter(page.into_iter().take(is_due));
            due.for_each_concurrent(TOGETHER, async |due| self.settle(&due.run).await).await;
            if next.is_some() || after.is_none() {
                return Ok(next);
            }
        }
    }

    /// The number of runs, up to a bound, with a timeout that is due and not recorded.
    #[cfg(feature = "http")]
    pub(crate) async fn overdue(&self) -> Result<usize, RunsError> {
        if !M::CHART.has_timeouts() {
            return Ok(0);
        }
        let page = self.store.due(None, PAGE).await?;
        let now = self.clock.now();
        Ok(page.partition_point(|due| due.time <= now))
    }

    /// Records what is due in one run.
    async fn settle(&self, id: &RunId) {
        let slot = self.live.slot(id);
        let mut place = slot.lock().await;
        match self.current(id, &slot, &mut place, self.clock.now()).await {
            Ok(run) => self.live.put(id, &mut place, run),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(run = %id, error, "a timeout waits");
            }
        }
    }

    /// The run after all timeouts that are due at `now`. One whose handler fails is tried again later.
    pub(super) async fn settled(
        &self,
        id: &RunId,
        place: &mut RunGuard<'_, Option<Run<M>>>,
        mut run: Run<M>,
        now: DateTime<Utc>,
    ) -> Result<Run<M>, RunsError> {
        let mut failed = Vec::new();
        loop {
            let after = run.hash();
            let Some((event, done)) = run.expire(now, &failed) else { return Ok(run) };
            match done {
                Ok(change) => {
                    let records = vec![change.record];
                    match self.record(id, &run, after, records, change.snapshot).await {
                        Ok(()) => {}
                        // Another process was faster.
                        Err(StoreError::Conflict { .. }) => run = self.fresh(id, place).await?,
                        Err(error) => return Err(error.into()),
                    }
                }
                Err(rejection) => {
                    let reason = rejection.reason;
                    tracing::warn!(run = %id, reason, "the timeout `{event}` fails");
                    failed.push(event);
                    if rejection.kind == RejectionKind::Failed {
                        run = self.fresh(id, place).await?;
                    }
                }
            }
        }
    }
}
