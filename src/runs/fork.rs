//! Forks: runs that begin where another run is, or was.

use super::offload::{offload, offload_work};
use super::{PAGE, Runs, RunsError};
use crate::caller::Caller;
use crate::portable::Portable;
use crate::record::{Entry, Hash, Parent, RequestKey, RunId, Version};
use crate::run::{Run, RunStatus, Stamp};
use crate::store::{Opening, Page, PageLimit, StoreError};

/// A run that was forked from another.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Forked {
    /// The fork.
    pub status: RunStatus,
    /// The record at which it was forked.
    pub parent: Parent,
    /// Whether this request had forked it before.
    pub replayed: bool,
}

impl<M: Portable<Context: Default>> Runs<M> {
    /// Starts the run `to` where the run `parent` is, or was at the version `at`. The parent stays as it is: not even its
    /// timeouts that are due are recorded. The fork has its own history, whose first record names the parent. Its states
    /// count as entered now, so that its timeouts begin anew; those that have come do not come again.
    ///
    /// The head is read at the cost of a snapshot, an earlier version at the cost of replaying the records up to it. A
    /// run that cannot go on with this program can be forked before the record that does not fit.
    ///
    /// The same request, sent again, is answered as the first time.
    ///
    /// # Errors
    ///
    /// [`RunsError::NeverStarted`] or [`RunsError::BeyondEnd`] for the parent; [`RunsError::AlreadyStarted`],
    /// [`RunsError::KeyReused`] or [`RunsError::TooManyRuns`] for the fork; [`RunsError::Unreplayable`] if the parent does
    /// not replay up to the version; [`RunsError::Unforkable`]; or that the store fails.
    pub async fn fork(
        &self,
        caller: &Caller,
        parent: &RunId,
        at: Option<Version>,
        to: &RunId,
        key: Option<RequestKey>,
    ) -> Result<Forked, RunsError> {
        self.fork_if(caller, parent, at, to, key, |_| Ok(())).await
    }

    /// As [`fork`](Self::fork), if the parent at that version passes a check.
    pub(crate) async fn fork_if(
        &self,
        caller: &Caller,
        parent: &RunId,
        at: Option<Version>,
        to: &RunId,
        key: Option<RequestKey>,
        check: impl FnOnce(&Run<M>) -> Result<(), RunsError>,
    ) -> Result<Forked, RunsError> {
        let slot = self.live.slot(to);
        let mut place = slot.lock().await;
        if self.store.head(to).await?.is_none() {
            let forking = async {
                let run = self.past(parent, at).await?;
                check(&run)?;
                self.check_room(to).await?;
                let stamp = Stamp::of(caller, self.clock.now(), key.clone());
                let id = parent.clone();
                let (_, forked) = offload(run, move |run| run.fork(&id, stamp)).await?;
                let unforkable = |source| RunsError::Unforkable { run: parent.clone(), source };
                forked.map_err(unforkable)
            };
            let (run, record) = forking.await.inspect_err(|_| self.live.forget(to, &slot))?;
            let parent = record.entry.parent().cloned();
            match self.record(to, &run, Hash::NONE, vec![record], None).await {
                Ok(()) => {
                    let status = run.status(to);
                    self.live.put(to, &mut place, run);
                    if let Some(parent) = parent {
                        return Ok(Forked { status, parent, replayed: false });
                    }
                }
                // Another caller was faster, perhaps with this very request.
                Err(StoreError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let run = self.fresh(to, &mut place).await?;
        let run = self.settled(to, &mut place, run, self.clock.now()).await?;
        let status = run.status(to);
        self.live.put(to, &mut place, run);
        let made = match &key {
            Some(key) => self.store.keyed(to, caller.principal(), key).await?.zip(Some(key)),
            None => None,
        };
        match made {
            Some((record, key)) => match record.entry {
                Entry::Forked { parent: known, .. }
                    if known.run == *parent && at.is_none_or(|at| at == known.version) =>
                {
                    Ok(Forked { status, parent: known, replayed: true })
                }
                _ => Err(RunsError::reused(key, record.version, status)),
            },
            None => Err(RunsError::AlreadyStarted(Box::new(status))),
        }
    }

    /// A run as it is in the store, or was at a version. It is read beside the live one.
    async fn past(&self, id: &RunId, at: Option<Version>) -> Result<Run<M>, RunsError> {
        let Opening { snapshot, page } = self.store.open(id, PAGE).await?;
        let Some(head) = page.head.clone() else { return Err(self.never_started(id).await?) };
        let end = head.version;
        let at = at.unwrap_or(end);
        if at > end {
            return Err(RunsError::BeyondEnd { run: id.clone(), at, end });
        }
        let is_ours = head.declaration == self.program.declaration;
        let mut run = None;
        if let (Some(snapshot), Some(first)) = (snapshot, page.records.first().cloned())
            && snapshot.version <= at
            && (is_ours || snapshot.hash == head.hash)
        {
            run = self.restored(snapshot, first).await?;
        }
        let broken = |source| RunsError::Unreplayable { run: id.clone(), source };
        loop {
            let next = run.as_ref().map_or(Version::START, Run::next);
            let before = run.as_ref().map_or(Hash::NONE, Run::hash);
            if next > at {
                return run.ok_or(RunsError::BeyondEnd { run: id.clone(), at, end });
            }
            let left = usize::try_from(at.0 - next.0).unwrap_or(usize::MAX).saturating_add(1);
            let limit = PageLimit::new(left.min(PAGE.records), PAGE.bytes);
            let Page { after, records, .. } = self.store.load(id, next, limit).await?;
            if records.is_empty() || after != before {
                // It was removed, and perhaps started anew, between two pages.
                return Err(self.never_started(id).await?);
            }
            let program = self.program;
            let replay = move || {
                let mut run = run;
                for record in &records {
                    match &mut run {
                        None => run = Some(Run::begun(record, program)?),
                        Some(run) => run.replay(record)?,
                    }
                }
                Ok(run)
            };
            run = offload_work(replay).await?.map_err(broken)?;
        }
    }
}
