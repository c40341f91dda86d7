//! The run as the store has it.

use chrono::{DateTime, Utc};
use tokio::sync::MutexGuard as RunGuard;

use super::live::Slot;
use super::offload::{offload, offload_work};
use super::{PAGE, Runs, RunsError};
use crate::portable::Portable;
use crate::record::{Program, Record, RunId, Snapshot, Version};
use crate::run::{Run, Unreplayable};
use crate::store::{Head, Opening, Page, Scope};
use crate::text;

/// The size from which a snapshot is read by another thread, in bytes.
const LARGE: usize = 256 << 10;

impl<M: Portable<Context: Default>> Runs<M> {
    /// The run as the store has it, if it may be used: it was started, or is a default run, which needs no start unless an
    /// input is required.
    /// Timeouts that were due have come.
    pub(super) async fn current(
        &self,
        id: &RunId,
        slot: &Slot<M>,
        place: &mut RunGuard<'_, Option<Run<M>>>,
        now: DateTime<Utc>,
    ) -> Result<Run<M>, RunsError> {
        let run = self.fresh(id, place).await?;
        if run.is_started() {
            return match run.due() {
                Some((due, _)) if due <= now => Box::pin(self.settled(id, place, run, now)).await,
                _ => Ok(run),
            };
        }
        if id.name == self.default_run && !M::CHART.requires_input() {
            return Ok(run);
        }
        self.live.forget(id, slot);
        Err(self.never_started(id).await?)
    }

    pub(super) async fn never_started(&self, id: &RunId) -> Result<RunsError, RunsError> {
        let known = self.store.heads(Some(&id.owner), None, text::NAMES).await?;
        let known = known.into_iter().map(|head| head.run).collect();
        Ok(RunsError::NeverStarted { run: id.clone(), known })
    }

    /// The run as the store has it, taken out of its slot and brought up to the end of its history.
    pub(super) async fn fresh(
        &self,
        id: &RunId,
        place: &mut RunGuard<'_, Option<Run<M>>>,
    ) -> Result<Run<M>, RunsError> {
        match place.take() {
            Some(run) if run.is_started() => {
                let page = self.store.load(id, run.next(), PAGE).await?;
                if page.head.is_some() && page.after == run.hash() {
                    return self.followed(id, run, page).await;
                }
                // Another history has taken its place.
                Box::pin(self.opened(id)).await
            }
            Some(unstarted) => {
                let is_started = self.store.head(id).await?.is_some();
                if is_started { Box::pin(self.opened(id)).await } else { Ok(unstarted) }
            }
            None => Box::pin(self.opened(id)).await,
        }
    }

    /// The run as it is read from the store.
    async fn opened(&self, id: &RunId) -> Result<Run<M>, RunsError> {
        let Opening { snapshot, page } = self.store.open(id, PAGE).await?;
        let Some(head) = page.head.clone() else {
            let unstarted = Run::unstarted(self.program);
            return unstarted.map_err(|source| RunsError::Unstartable { run: id.clone(), source });
        };
        let program = self.program;
        let is_ours = head.declaration == program.declaration;
        if let (Some(snapshot), Some(first)) = (snapshot, page.records.first().cloned())
            && (is_ours || snapshot.hash == head.hash)
            && let Some(run) = self.restored(snapshot, first).await?
        {
            let after = run.hash();
            let records = page.records.into_iter().skip(1).collect();
            return self.followed(id, run, Page::new(Some(head), after, records)).await;
        }
        let run = self.replayed(id, program).await?;
        if !is_ours {
            self.adopt(id, &run, &head).await?;
        }
        Ok(run)
    }

    /// The run of a snapshot, if it agrees with its record.
    pub(super) async fn restored(
        &self,
        snapshot: Snapshot,
        record: Record,
    ) -> Result<Option<Run<M>>, RunsError> {
        let program = self.program;
        let is_large = snapshot.body.len() >= LARGE;
        let restore = move || Run::restored(&snapshot, program)?.anchored(&record);
        Ok(if is_large { offload_work(restore).await? } else { restore() })
    }

    /// The run after all of its records, from the first on.
    async fn replayed(&self, id: &RunId, program: Program) -> Result<Run<M>, RunsError> {
        let broken = |source| RunsError::Unreplayable { run: id.clone(), source };
        let mut page = self.store.load(id, Version::START, PAGE).await?;
        let first: Vec<Record> = page.records.drain(..page.records.len().min(1)).collect();
        let Some(first) = first.first() else { return Err(self.never_started(id).await?) };
        let run = Run::begun(first, program).map_err(broken)?;
        self.followed(id, run, page).await
    }

    /// The run after a page of records that follow, and all later pages.
    async fn followed(&self, id: &RunId, mut run: Run<M>, page: Page) -> Result<Run<M>, RunsError> {
        if page.records.is_empty() && page.is_last() {
            run.written_by(page.head.map(|head| head.declaration));
            return Ok(run);
        }
        Box::pin(self.replayed_on(id, run, page)).await
    }

    async fn replayed_on(&self, id: &RunId, run: Run<M>, page: Page) -> Result<Run<M>, RunsError> {
        let broken = |source| RunsError::Unreplayable { run: id.clone(), source };
        let (mut run, mut page) = (run, page);
        loop {
            let is_last = page.is_last();
            let written_by = page.head.as_ref().map(|head| head.declaration);
            if !page.records.is_empty() {
                let records = page.records;
                let replay = move |run: &mut Run<M>| {
                    records.iter().try_for_each(|record| run.replay(record))
                };
                let (after, done) = offload(run, replay).await?;
                done.map_err(broken)?;
                run = after;
            }
            if is_last {
                run.written_by(written_by);
                return Ok(run);
            }
            page = self.store.load(id, run.next(), PAGE).await?;
            if page.after != run.hash() {
                // It was removed, and started anew, between two pages.
                return Err(RunsError::Contended(Box::new(run.status(id))));
            }
        }
    }

    /// Goes on with a run that another declaration of the machine has written, and whose whole history replays.
    async fn adopt(&self, id: &RunId, run: &Run<M>, head: &Head) -> Result<(), RunsError> {
        let snapshot = run.snapshot().map_err(|error| RunsError::Panicked(error.to_string()))?;
        let scope = Scope::Head { run: id.clone(), hash: head.hash };
        let noted = super::close::noted_digest(&self.store.notes(&scope).await?);
        let noted = noted.filter(|_| run.keeps_values());
        if noted.is_some_and(|noted| noted != snapshot.digest()) {
            let source = Unreplayable::digest(head.version);
            return Err(RunsError::Unreplayable { run: id.clone(), source });
        }
        let covered = if noted.is_some() { Some(head.version) } else { run.digest_version() };
        if covered != Some(head.version) {
            let covered = covered.map_or("none".to_owned(), |version| version.to_string());
            tracing::warn!(
                run = %id, version = %head.version, %covered,
                "the run was recorded by another version of this machine; its states agree, and its data was compared up to \
                 the last digest only"
            );
        }
        if head.version > Version::START {
            self.store.keep(id, snapshot);
        }
        Ok(())
    }
}
