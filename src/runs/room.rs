//! Room for another run.

use super::{Runs, RunsError};
use crate::portable::Portable;
use crate::record::RunId;

impl<M: Portable<Context: Default>> Runs<M> {
    /// Checks that the owner of a run that is about to start may have one more. Runs that start at the same moment do not
    /// count each other.
    pub(super) async fn check_room(&self, id: &RunId) -> Result<(), RunsError> {
        let limit = self.limits.runs_per_principal;
        let runs = self.store.count(&id.owner).await?;
        if runs < limit {
            return Ok(());
        }
        Err(RunsError::TooManyRuns { run: id.clone(), runs, limit })
    }
}
