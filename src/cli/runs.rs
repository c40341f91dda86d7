//! The commands about runs.

use std::error::Error;
use std::io::{self, Write};
use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::json;

use super::copies::{self, Backup, Restore};
use super::replay::{self, Replay};
use super::store::StoreOption;
use super::table::Table;
use super::terminal;
use crate::api::RecordJson;
use crate::caller::{Caller, Principal, Role, Way};
use crate::portable::Portable;
use crate::record::{Entry, Record, RunId, RunName, Version};
use crate::runs::{Runs, RunsError};
use crate::store::{Head, PageLimit, Store, StoreError};
use crate::text;

/// How much of a history is read at once.
pub(super) const PAGE: PageLimit = PageLimit::new(1000, 4 << 20);

/// How many runs are read at once.
const RUNS: usize = 1000;

#[derive(Subcommand)]
pub(crate) enum RunsCommand {
    /// List runs
    Runs(List),
    /// List the records of a run
    History(History),
    /// Replay a run from its records, and print the state and data
    Replay(Replay),
    /// Remove a run with all its records
    Remove(Remove),
    /// Copy a store into a new file, also while it is used
    Backup(Backup),
    /// Put a backup in place of a store, also while it is used
    Restore(Restore),
}

#[derive(Args)]
pub(crate) struct List {
    /// List only the runs of this owner
    #[arg(long, value_name = "NAME")]
    owner: Option<Principal>,
    /// List removed runs
    #[arg(long)]
    removed: bool,
    /// Print a JSON object on each line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StoreOption,
}

#[derive(Args)]
pub(crate) struct History {
    #[command(flatten)]
    run: RunOption,
    /// The first version
    #[arg(long, value_name = "N", default_value_t = 0)]
    from: u64,
    /// Print a JSON object on each line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StoreOption,
}

#[derive(Args)]
pub(crate) struct Remove {
    #[command(flatten)]
    run: RunOption,
    #[command(flatten)]
    store: StoreOption,
}

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

pub(super) type Done = Result<(), Box<dyn Error>>;

/// Runs a command.
pub(super) fn run<M: Portable<Context: Default>>(command: RunsCommand) -> Done {
    let caller = Caller::new(Principal::LOCAL, Way::CommandLine).with_role(Role::Admin);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let done = runtime.block_on(async {
        match command {
            RunsCommand::Runs(command) => list::<M>(command).await,
            RunsCommand::History(command) => history::<M>(command).await,
            RunsCommand::Replay(command) => replay::replay::<M>(command).await,
            RunsCommand::Remove(command) => remove::<M>(&caller, command).await,
            RunsCommand::Backup(command) => copies::backup::<M>(command).await,
            RunsCommand::Restore(command) => copies::restore::<M>(command),
        }
    });
    match done {
        // A reader that has read enough closes the pipe.
        Err(error) if is_broken_pipe(&*error) => Ok(()),
        done => done,
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

async fn list<M: Portable>(List { owner, removed, json, store }: List) -> Done {
    let store = store.existing::<M>()?;
    if removed {
        return list_removed(&*store, owner.as_ref(), json).await;
    }
    let mut table = Table::new(["OWNER", "RUN", "VERSION", "STATE", "TIME", "DUE"], json);
    let mut after: Option<RunId> = None;
    loop {
        let heads = store.heads(owner.as_ref(), after.as_ref(), RUNS).await?;
        for head in &heads {
            let (cells, object) = if head.is_damaged { damaged(head) } else { listed(head) };
            table.push(cells, &object)?;
        }
        table.flush()?;
        for head in heads.iter().filter(|head| head.is_damaged) {
            let RunId { owner, name } = &head.run;
            terminal::note(&format!(
                "the run `{name}` of `{owner}` is damaged; restore a backup, or remove it by `remove {name} --owner \
                 {owner}`"
            ));
        }
        match heads.into_iter().last() {
            Some(last) if after.as_ref() != Some(&last.run) => after = Some(last.run),
            _ => return Ok(()),
        }
    }
}

fn listed(head: &Head) -> ([String; 6], serde_json::Value) {
    let Head { run, version, configuration, time, due, .. } = head;
    let (state, time) = (configuration.to_string(), text::time(*time));
    let due = due.map(text::time);
    let object = json!({
        "owner": run.owner, "run": run.name, "version": version, "state": state, "time": time, "due": due,
    });
    let due = due.unwrap_or_default();
    ([run.owner.to_string(), run.name.to_string(), version.to_string(), state, time, due], object)
}

/// A head of which nothing but the name is shown, since nothing else can be trusted.
fn damaged(head: &Head) -> ([String; 6], serde_json::Value) {
    let RunId { owner, name } = &head.run;
    let object = json!({"owner": owner, "run": name, "damaged": true});
    let none = String::new;
    ([owner.to_string(), name.to_string(), none(), "damaged".to_owned(), none(), none()], object)
}

async fn list_removed(store: &dyn Store, owner: Option<&Principal>, json: bool) -> Done {
    let mut table = Table::new(["OWNER", "RUN", "VERSION", "ACTOR", "REMOVED"], json);
    let tombstones = store.tombstones().await?.into_iter();
    for tombstone in
        tombstones.filter(|tombstone| owner.is_none_or(|owner| tombstone.run.owner == *owner))
    {
        let RunId { owner, name } = tombstone.run;
        let (version, actor, removed) =
            (tombstone.version, tombstone.actor, text::time(tombstone.time));
        let object = json!({
            "owner": owner, "run": name, "version": version, "actor": actor, "removed": removed,
        });
        let cells =
            [owner.to_string(), name.to_string(), version.to_string(), actor.to_string(), removed];
        table.push(cells, &object)?;
    }
    Ok(table.finish()?)
}

async fn history<M: Portable>(History { run, from, json, store }: History) -> Done {
    let (store, run) = (store.existing::<M>()?, run.id());
    let mut table = Table::new(["VERSION", "TIME", "ACTOR", "EVENT", "FROM", "TO"], json);
    let mut next = Version(from);
    loop {
        let page = match store.load(&run, next, PAGE).await {
            // The records before the damage can be read.
            Err(StoreError::Corrupt { version, .. }) if version > next => {
                let left = usize::try_from(version.0 - next.0).unwrap_or(usize::MAX);
                let limit = PageLimit::new(left.min(PAGE.records), PAGE.bytes);
                store.load(&run, next, limit).await?
            }
            page => page?,
        };
        if page.head.is_none() {
            return Err(never_started(&*store, run).await?.into());
        }
        for record in &page.records {
            table.push(cells(record), &RecordJson::new(record))?;
        }
        table.flush()?;
        match page.records.last() {
            Some(last) if !page.is_last() => next = last.version.next(),
            _ => return Ok(()),
        }
    }
}

fn cells(record: &Record) -> [String; 6] {
    let (event, from) = match &record.entry {
        Entry::Started { .. } => ("started".to_owned(), String::new()),
        Entry::Applied { event, from, .. } => (event.get().to_owned(), from.to_string()),
    };
    let (time, to) = (text::time(record.time), record.configuration().to_string());
    [record.version.to_string(), time, record.actor.to_string(), event, from, to]
}

/// The error about a run that is not in the store, with runs of the same owner that are.
pub(super) async fn never_started(store: &dyn Store, run: RunId) -> Result<RunsError, StoreError> {
    let known = store.heads(Some(&run.owner), None, text::NAMES).await?;
    let known = known.into_iter().map(|head| head.run).collect();
    Ok(RunsError::NeverStarted { run, known })
}

async fn remove<M: Portable<Context: Default>>(
    caller: &Caller,
    Remove { run, store }: Remove,
) -> Done {
    let runs = Runs::<M>::new(Arc::clone(&store.existing::<M>()?));
    let tombstone = runs.remove(caller, &run.id()).await?;
    let (name, version) = (&tombstone.run.name, tombstone.version);
    writeln!(io::stdout(), "removed the run `{name}`, which was at version {version}")?;
    Ok(())
}
