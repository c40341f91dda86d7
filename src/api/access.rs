//! Which runs a caller may see and change.

use super::Api;
use super::arguments::Problem;
use super::error::CallError;
use super::operations::{Action, Operation};
use crate::caller::{Caller, InvalidPrincipal, Role};
use crate::portable::Portable;
use crate::record::{InvalidRunName, RunId, RunName};
use crate::runs::RunsError;
use crate::text;

/// What a caller wants to do with a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

impl Access {
    /// What an operation does with the run that it names. A fork only reads it.
    pub(super) fn of(operation: &Operation) -> Self {
        let only_reads = operation.is_read_only() || matches!(operation.action(), Action::ForkRun);
        if only_reads { Self::Read } else { Self::Write }
    }
}

impl<M: Portable<Context: Default>> Api<M> {
    /// The run that a caller names: `name` for one of its own, `owner/name` for one of another principal, nothing for its
    /// default run.
    ///
    /// The run of another principal needs a role, and must have been started. To a caller without a role it does not exist.
    pub(super) async fn accessible(
        &self,
        caller: &Caller,
        run: Option<&str>,
        access: Access,
    ) -> Result<RunId, CallError> {
        let Some(named) = run else { return Ok(self.run_of(caller, None)) };
        let invalid = |reason: String| CallError::from(Problem::new("run", &reason));
        let id = named_for(caller, named).map_err(invalid)?;
        if id.owner == *caller.principal() {
            return Ok(id);
        }
        let [may_read, may_write] = [Role::RunsRead, Role::RunsWrite].map(|role| caller.has(role));
        let exists = (may_read || may_write)
            && self.runs.store().head(&id).await.map_err(RunsError::from)?.is_some();
        match access {
            _ if !exists => Err(self.absent(caller, id).await?),
            Access::Write if !may_write => {
                let (id, role) = (text::quoted(&id.to_string()), Role::RunsWrite);
                Err(invalid(format!(
                    "{id} belongs to another principal; to change it takes the role `{role}`"
                )))
            }
            _ => Ok(id),
        }
    }

    /// The error for a run that does not exist as far as the caller may know.
    async fn absent(&self, caller: &Caller, run: RunId) -> Result<CallError, RunsError> {
        let own = self.runs.list(Some(caller.principal()), None, text::NAMES).await?;
        let own = own.into_iter().map(|head| head.run.name).collect();
        Ok(CallError::Absent { run, own })
    }
}

/// How a list for this caller names a run, so that the caller can name it the same way.
pub(super) fn name_for(caller: &Caller, run: &RunId) -> String {
    if run.owner == *caller.principal() { run.name.to_string() } else { run.to_string() }
}

/// The run that a name in a list stands for.
pub(super) fn named_for(caller: &Caller, name: &str) -> Result<RunId, String> {
    let (owner, run) = match name.rsplit_once('/') {
        Some((owner, run)) => {
            (owner.parse().map_err(|error: InvalidPrincipal| error.to_string())?, run)
        }
        None => (caller.principal().clone(), name),
    };
    let run: RunName = run.parse().map_err(|error: InvalidRunName| error.to_string())?;
    Ok(RunId::new(owner, run))
}
