//! Starts of runs.

use super::Api;
use super::arguments::Arguments;
use super::error::CallError;
use crate::caller::Caller;
use crate::guarded::guarded;
use crate::portable::Portable;
use crate::record::{RequestKey, RunId};
use crate::runs::{RunsError, Started};

impl<M: Portable<Context: Default>> Api<M> {
    /// Starts a run with the inputs that are given.
    pub(super) async fn start(
        &self,
        caller: &Caller,
        id: &RunId,
        given: Arguments,
        key: Option<RequestKey>,
    ) -> Result<Started, CallError> {
        if M::CHART.inputs().is_empty() {
            return Ok(self.runs.start(caller, id, key).await?);
        }
        let input = given.payload::<M::Input>("start")?;
        let context = guarded(|| M::context(input)).map_err(RunsError::from)?;
        Ok(self.runs.start_with(caller, id, context, key).await?)
    }
}
