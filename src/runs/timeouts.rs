//! Timeouts, which come by themselves.
//!
//! Whoever uses a run records first what is overdue, so that nobody sees it late. Somebody who keeps the time records
//! it in the runs that nobody uses.

use std::convert::Infallible;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::{MutexGuard as RunGuard, Notify};

use super::{PAGE, Runs, RunsError};
use crate::portable::Portable;
use crate::record::RunName;
use crate::run::{Kind, Run};
use crate::store::StoreError;

/// How long who keeps the time waits at most, since other processes may have written, and what failed may have been
/// mended.
const LOOK: Duration = Duration::from_secs(60);

impl<M: Portable<Context: Default>> Runs<M> {
    /// Records timeouts as they fall due, until it is dropped.
    ///
    /// Without it they are recorded when their run is used next.
    pub async fn keep_time(&self) -> Infallible {
        if !M::CHART.has_timeouts() {
            return std::future::pending().await;
        }
        loop {
            self.watch.look();
            let next = self.tick().await.unwrap_or_else(|error| {
                tracing::warn!(error = &error as &dyn std::error::Error, "timeouts wait");
                None
            });
            let latest = self.clock.now() + LOOK;
            let next = next.map_or(latest, |next| next.min(latest));
            self.watch.wait(next);
            tokio::select! {
                () = self.clock.sleep_until(next) => {}
                () = self.watch.hurried.notified() => {}
            }
        }
    }

    /// Records what is overdue in all runs, and tells when the next falls due.
    ///
    /// # Errors
    ///
    /// Where the store cannot tell what falls due. A run that fails by itself does not keep the others waiting.
    pub async fn tick(&self) -> Result<Option<DateTime<Utc>>, RunsError> {
        if !M::CHART.has_timeouts() {
            return Ok(None);
        }
        let now = self.clock.now();
        let mut after = None;
        loop {
            let page = self.store.due(after.as_ref(), PAGE).await?;
            for due in &page {
                if due.time > now {
                    return Ok(Some(due.time));
                }
                if let Err(error) = self.read(&due.run, |_| ()).await {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(run = %due.run, error, "a timeout waits");
                }
            }
            match page.into_iter().last() {
                Some(last) => after = Some(last),
                None => return Ok(None),
            }
        }
    }

    /// The run after all that is overdue at `now`. A timeout whose handler fails is tried again later.
    pub(super) async fn settled(
        &self,
        name: &RunName,
        place: &mut RunGuard<'_, Option<Run<M>>>,
        mut run: Run<M>,
        now: DateTime<Utc>,
    ) -> Result<Run<M>, RunsError> {
        let mut failed = Vec::new();
        loop {
            let after = run.hash();
            let Some((event, done)) = run.expire(now, &failed) else { return Ok(run) };
            match done {
                Ok(record) => match self.record(name, &run, after, vec![record]).await {
                    Ok(()) => {}
                    // Another process was faster.
                    Err(StoreError::Conflict { .. }) => run = self.fresh(name, place).await?,
                    Err(error) => return Err(error.into()),
                },
                Err(rejected) => {
                    tracing::warn!(run = %name, reason = rejected.reason, "the timeout `{event}` fails");
                    failed.push(event);
                    if rejected.kind == Kind::Failed {
                        run = self.fresh(name, place).await?;
                    }
                }
            }
        }
    }
}

/// Until when who keeps the time waits, in microseconds since 1970.
pub(super) struct Watch {
    until: AtomicI64,
    hurried: Notify,
}

impl Default for Watch {
    fn default() -> Self {
        Self { until: AtomicI64::new(i64::MIN), hurried: Notify::new() }
    }
}

impl Watch {
    /// Wakes who keeps the time, where that one would come too late for `due`.
    pub(super) fn hurry(&self, due: Option<DateTime<Utc>>) {
        if due.is_some_and(|due| due.timestamp_micros() < self.until.load(Ordering::SeqCst)) {
            self.hurried.notify_one();
        }
    }

    /// From now on whatever is recorded may come too late to be looked at.
    fn look(&self) {
        self.until.store(i64::MAX, Ordering::SeqCst);
    }

    fn wait(&self, until: DateTime<Utc>) {
        self.until.store(until.timestamp_micros(), Ordering::SeqCst);
    }
}
