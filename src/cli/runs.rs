//! The commands about runs.

use std::io::{self, Write};

use clap::{Args, Subcommand};

use super::Done;
use super::archive::{self, Export, Import};
use super::check::{self, Check};
use super::chosen::RunOption;
use super::copies::{self, Backup, Restore};
use super::fork::{self, Fork};
use super::gates::{self, Approve, Deny, Gates};
use super::history::{self, History};
use super::list::{self, List};
use super::replay::{self, Replay};
use super::store::StoreOption;
use super::tasks::{self, Tasks};
use crate::caller::{Caller, Principal, Role, Way};
use crate::portable::Portable;
use crate::runs::Runs;

#[derive(Subcommand)]
pub(crate) enum RunsCommand {
    /// List runs
    Runs(List),
    /// List the records of a run
    History(History),
    /// Replay a run from its records, and print the state and data
    Replay(Replay),
    /// Compare all runs with the machine, and fail if one of them cannot go on
    Check(Check),
    /// Start a run where another one is, or was
    Fork(Fork),
    /// Write a run as lines of JSON, with sensitive values in full
    Export(Export),
    /// Add a run that was exported, with its times, actors and hashes
    Import(Import),
    /// Remove a run with all its records
    Remove(Remove),
    /// List what waits for a person's decision
    Gates(Gates),
    /// Approve an event that waits for a person
    Approve(Approve),
    /// Deny an event that waits for a person
    Deny(Deny),
    /// List, pause and resume tasks
    Tasks(Tasks),
    /// Copy a store into a new file, also while it is used
    Backup(Backup),
    /// Put a backup in place of a store, also while it is used
    Restore(Restore),
}

#[derive(Args)]
pub(crate) struct Remove {
    #[command(flatten)]
    run: RunOption,
    #[command(flatten)]
    store: StoreOption,
}

/// Runs a command.
pub(super) fn run<M: Portable<Context: Default>>(command: RunsCommand) -> Done {
    let caller = Caller::new(Principal::LOCAL, Way::CommandLine).with_role(Role::Admin);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            RunsCommand::Runs(command) => list::list::<M>(command).await,
            RunsCommand::History(command) => history::history::<M>(command).await,
            RunsCommand::Replay(command) => replay::replay::<M>(command).await,
            RunsCommand::Check(command) => check::check::<M>(command).await,
            RunsCommand::Fork(command) => fork::fork::<M>(&caller, command).await,
            RunsCommand::Export(command) => archive::export_run::<M>(command).await,
            RunsCommand::Import(command) => archive::import_run::<M>(command).await,
            RunsCommand::Remove(command) => remove::<M>(&caller, command).await,
            RunsCommand::Tasks(command) => tasks::run::<M>(command).await,
            RunsCommand::Gates(command) => gates::list::<M>(command).await,
            RunsCommand::Approve(command) => gates::approve::<M>(command).await,
            RunsCommand::Deny(command) => gates::deny::<M>(command).await,
            RunsCommand::Backup(command) => copies::backup::<M>(command).await,
            RunsCommand::Restore(command) => copies::restore::<M>(command),
        }
    })
}

async fn remove<M: Portable<Context: Default>>(
    caller: &Caller,
    Remove { run, store }: Remove,
) -> Done {
    let runs = Runs::<M>::new(store.existing::<M>()?);
    let tombstone = runs.remove(caller, &run.id()).await?;
    let (name, version) = (&tombstone.run.name, tombstone.version);
    writeln!(io::stdout(), "removed the run `{name}`, which was at version {version}")?;
    Ok(())
}
