//! The run that a drawing marks.

use clap::Args;

use super::chosen::never_started;
use super::replay::replayed;
use super::store::StoreOption;
use crate::caller::Principal;
use crate::chart::Trail;
use crate::portable::Portable;
use crate::record::{RunId, RunName};
use crate::run::Run;

#[derive(Args)]
pub(super) struct TrailOptions {
    /// Mark the present state of this run, and the path that it took
    #[arg(long, value_name = "RUN")]
    run: Option<RunName>,
    /// The owner of the run
    #[arg(long, value_name = "NAME", default_value_t = Principal::LOCAL, requires = "run")]
    owner: Principal,
    #[command(flatten)]
    store: StoreOption,
}

/// What a drawing marks of the run, if one is named. The run is replayed.
pub(super) fn trail<M: Portable>(
    options: &TrailOptions,
) -> Result<Option<Trail>, Box<dyn std::error::Error>> {
    let Some(run) = &options.run else { return Ok(None) };
    let id = RunId::new(options.owner.clone(), run.clone());
    let store = options.store.existing::<M>()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let Some(head) = store.head(&id).await? else {
            return Err(never_started(&*store, id).await?.into());
        };
        let mut taken = Vec::new();
        let seen = |run: &Run<M>| taken.extend(run.last_step());
        let run = replayed::<M>(&*store, &id, head.version, seen).await?;
        Ok(Some(Trail { present: Some(run.leaf()), taken }))
    })
}
