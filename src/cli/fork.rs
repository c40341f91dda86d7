//! The command that forks a run.

use std::io::{self, Write};

use clap::Args;
use serde_json::json;

use super::Done;
use super::chosen::RunOption;
use super::store::StoreOption;
use super::terminal;
use crate::api::ParentJson;
use crate::caller::Caller;
use crate::portable::Portable;
use crate::record::{RunId, RunName, Version};
use crate::runs::{Forked, Runs};

#[derive(Args)]
pub(crate) struct Fork {
    #[command(flatten)]
    run: RunOption,
    /// The version at which the fork begins [default: where the run is]
    #[arg(long, value_name = "N")]
    at: Option<u64>,
    /// The name of the fork, which belongs to the owner of the run
    #[arg(long = "as", value_name = "NAME")]
    name: RunName,
    /// Print a JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StoreOption,
}

/// Forks a run, also after a person's approval, and in a state that has a task.
pub(super) async fn fork<M: Portable<Context: Default>>(caller: &Caller, options: Fork) -> Done {
    let Fork { run, at, name, json, store } = options;
    let (runs, parent) = (Runs::<M>::new(store.existing::<M>()?), run.id());
    let to = RunId::new(parent.owner.clone(), name);
    let Forked { status, parent, .. } =
        runs.fork(caller, &parent, at.map(Version), &to, None).await?;
    let (RunId { owner, name }, state) = (&status.run, status.state.wire());
    let mut out = io::stdout().lock();
    if json {
        let object = json!({
            "owner": owner, "run": name, "version": status.version, "state": state,
            "parent": ParentJson::from(&parent),
        });
        writeln!(out, "{}", terminal::json(&object.to_string()))?;
        return Ok(());
    }
    let (run, at) = (&parent.run.name, parent.version);
    writeln!(out, "forked the run `{run}` at version {at}; `{name}` is in {state}")?;
    Ok(())
}
