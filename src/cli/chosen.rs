//! The run that a command is about.

use clap::Args;

use crate::caller::Principal;
use crate::record::{RunId, RunName};
use crate::runs::RunsError;
use crate::store::{PageLimit, Store, StoreError};
use crate::text;

/// How much of a history is read at once.
pub(super) const PAGE: PageLimit = PageLimit::new(1000, 4 << 20);

/// The arguments that name a run.
#[derive(Args)]
pub(super) struct RunOption {
    /// The run
    run: RunName,
    /// The owner of the run
    #[arg(long, value_name = "NAME", default_value_t = Principal::LOCAL)]
    owner: Principal,
}

impl RunOption {
    pub(super) fn id(self) -> RunId {
        RunId::new(self.owner, self.run)
    }
}

/// The error about a run that is not in the store, with runs of the same owner that are.
pub(super) async fn never_started(store: &dyn Store, run: RunId) -> Result<RunsError, StoreError> {
    let known = store.heads(Some(&run.owner), None, text::NAMES).await?;
    let known = known.into_iter().map(|head| head.run).collect();
    Ok(RunsError::NeverStarted { run, known })
}
