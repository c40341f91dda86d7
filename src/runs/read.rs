//! Reading runs.

use super::offload::offload;
use super::{Runs, RunsError};
use crate::caller::Principal;
use crate::guarded::guarded;
use crate::portable::Portable;
use crate::record::{Record, RunId, Version};
use crate::run::{Run, RunStatus, Unreplayable};
use crate::store::{Head, PageLimit};

/// A page of a run's history. All of it is from one moment of the run.
#[derive(Debug)]
#[non_exhaustive]
pub struct History {
    /// The version of the run.
    pub version: Version,
    /// The records.
    pub records: Vec<Record>,
    /// Why the run cannot go on with this program, if so.
    pub unreplayable: Option<Unreplayable>,
}

impl<M: Portable<Context: Default>> Runs<M> {
    /// Looks at a run. A default run may be looked at before it is started. A large run is looked at on a thread that may
    /// block.
    ///
    /// # Errors
    ///
    /// [`RunsError::NeverStarted`]; [`RunsError::Panicked`] if `look` panics; or that the store fails.
    pub async fn read<T: Send + 'static>(
        &self,
        id: &RunId,
        look: impl FnOnce(&Run<M>) -> T + Send + 'static,
    ) -> Result<T, RunsError> {
        let slot = self.live.slot(id);
        let mut place = slot.lock().await;
        let run = self.current(id, &slot, &mut place, self.clock.now()).await?;
        let (run, seen) = offload(run, |run| guarded(|| look(run))).await?;
        self.live.put(id, &mut place, run);
        Ok(seen?)
    }

    /// The state of a run, and what may happen next.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub async fn status(&self, id: &RunId) -> Result<RunStatus, RunsError> {
        let run = id.clone();
        self.read(id, move |seen| seen.status(&run)).await
    }

    /// A page of a run's history, beginning with the version `from`. It can be read also if the run cannot go on with
    /// this program.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub async fn history(
        &self,
        id: &RunId,
        from: Version,
        limit: PageLimit,
    ) -> Result<History, RunsError> {
        let slot = self.live.slot(id);
        let mut place = slot.lock().await;
        let (version, unreplayable) =
            match self.current(id, &slot, &mut place, self.clock.now()).await {
                Ok(run) => {
                    let version = run.version();
                    self.live.put(id, &mut place, run);
                    (version, None)
                }
                Err(RunsError::Unreplayable { source, .. }) => {
                    let head = self.store.head(id).await?;
                    (head.map_or(Version::START, |head| head.version), Some(source))
                }
                Err(error) => return Err(error),
            };
        let mut records = self.store.load(id, from, limit).await?.records;
        // Other processes may have written since.
        records.retain(|record| record.version <= version);
        Ok(History { version, records, unreplayable })
    }

    /// The runs of one owner or of all, at most `limit`, in the order of owner and name, beginning after `after`. Timeouts
    /// that are due may not have come yet.
    ///
    /// # Errors
    ///
    /// The store fails.
    pub async fn list(
        &self,
        owner: Option<&Principal>,
        after: Option<&RunId>,
        limit: usize,
    ) -> Result<Vec<Head>, RunsError> {
        Ok(self.store.heads(owner, after, limit).await?)
    }
}
