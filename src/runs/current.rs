//! The run as the store has it.

use chrono::{DateTime, Utc};
use tokio::sync::MutexGuard as RunGuard;

use super::live::Slot;
use super::{PAGE, Runs, RunsError};
use crate::portable::Portable;
use crate::record::RunName;
use crate::run::Run;

/// How many runs an error names.
const NAMED: usize = 20;

impl<M: Portable<Context: Default>> Runs<M> {
    /// The run as the store has it, where it may be used: it was started, or is the one that needs no start. What is
    /// overdue has come.
    pub(super) async fn current(
        &self,
        name: &RunName,
        slot: &Slot<M>,
        place: &mut RunGuard<'_, Option<Run<M>>>,
        now: DateTime<Utc>,
    ) -> Result<Run<M>, RunsError> {
        let run = self.fresh(name, place).await?;
        if run.is_started() {
            return self.settled(name, place, run, now).await;
        }
        if *name == self.unnamed {
            return Ok(run);
        }
        self.live.forget(name, slot);
        Err(self.never_started(name).await?)
    }

    pub(super) async fn never_started(&self, name: &RunName) -> Result<RunsError, RunsError> {
        let known = self.store.heads(None, NAMED).await?;
        let known = known.into_iter().map(|head| head.run).collect();
        Ok(RunsError::NeverStarted { run: name.clone(), known })
    }

    /// The run as the store has it, taken out of its place: the live one or its snapshot, brought up to the end of its
    /// history. One that another history has taken the place of is read from its beginning.
    pub(super) async fn fresh(
        &self,
        name: &RunName,
        place: &mut RunGuard<'_, Option<Run<M>>>,
    ) -> Result<Run<M>, RunsError> {
        let broken = |source| RunsError::Unreplayable { run: name.clone(), source };
        let mut run = match place.take() {
            Some(run) => run,
            None => match self.store.snapshot(name).await?.as_ref().and_then(Run::restored) {
                Some(run) => run,
                None => Run::unstarted().map_err(broken)?,
            },
        };
        loop {
            let page = self.store.load(name, run.next(), PAGE).await?;
            if page.after != run.hash() {
                run = Run::unstarted().map_err(broken)?;
                continue;
            }
            for record in &page.records {
                run.replay(record).map_err(broken)?;
            }
            if page.records.len() < PAGE {
                return Ok(run);
            }
        }
    }
}
