//! Looking at runs.

use super::{Runs, RunsError};
use crate::portable::Portable;
use crate::record::{Record, RunName, Version};
use crate::run::{Run, Situation, guarded};
use crate::store::Head;

impl<M: Portable<Context: Default>> Runs<M> {
    /// Looks at a run. The run that is meant where none is named may be looked at before it is started.
    ///
    /// # Errors
    ///
    /// [`RunsError::NeverStarted`]; [`RunsError::Panicked`], where `look` panics; or that the store fails.
    pub async fn read<T>(
        &self,
        name: &RunName,
        look: impl FnOnce(&Run<M>) -> T,
    ) -> Result<T, RunsError> {
        let slot = self.live.slot(name);
        let mut place = slot.lock().await;
        let run = self.current(name, &slot, &mut place, self.clock.now()).await?;
        let seen = guarded(|| look(&run));
        *place = Some(run);
        Ok(seen?)
    }

    /// What can be seen of a run.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub async fn situation(&self, name: &RunName) -> Result<Situation, RunsError> {
        self.read(name, |run| run.situation(name)).await
    }

    /// A page of a run's history: at most `limit` records, beginning with the version `from`.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub async fn history(
        &self,
        name: &RunName,
        from: Version,
        limit: usize,
    ) -> Result<Vec<Record>, RunsError> {
        self.read(name, |_| ()).await?;
        Ok(self.store.load(name, from, limit).await?.records)
    }

    /// The runs that were started, at most `limit`, in the order of their names, beginning after `after`.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub async fn list(
        &self,
        after: Option<&RunName>,
        limit: usize,
    ) -> Result<Vec<Head>, RunsError> {
        self.tick().await?;
        Ok(self.store.heads(after, limit).await?)
    }
}
