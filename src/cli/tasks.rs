//! The commands about tasks.

use std::io::{self, Write};

use clap::{Args, Subcommand};
use serde_json::json;

use super::Done;
use super::store::StoreOption;
use super::table::Table;
use crate::portable::Portable;
use crate::runs::{all_tasks, pause};
use crate::text;

/// The most tasks of a list.
const LISTED: usize = 100_000;

#[derive(Args)]
pub(crate) struct Tasks {
    #[command(subcommand)]
    command: TasksCommand,
}

#[derive(Subcommand)]
enum TasksCommand {
    /// List the tasks that have started and have not ended
    List(List),
    /// Begin no more attempts, in all programs that use the store
    Pause(StoreOption),
    /// Go on with the tasks
    Resume(StoreOption),
}

#[derive(Args)]
struct List {
    /// Print a JSON object on each line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StoreOption,
}

pub(super) async fn run<M: Portable>(Tasks { command }: Tasks) -> Done {
    match command {
        TasksCommand::List(options) => list::<M>(options).await,
        TasksCommand::Pause(store) => set_paused::<M>(&store, true).await,
        TasksCommand::Resume(store) => set_paused::<M>(&store, false).await,
    }
}

async fn list<M: Portable>(List { json, store }: List) -> Done {
    let store = store.existing::<M>()?;
    let heads = ["OWNER", "RUN", "TASK", "SINCE", "ATTEMPTS", "RUNNING", "DUE", "ERROR"];
    let mut table = Table::new(heads, json);
    for (run, task) in all_tasks(&*store, LISTED).await? {
        let due = task.due.map(text::time);
        let object = json!({
            "owner": run.owner, "run": run.name, "task": task.name, "since": task.since, "attempts": task.attempts,
            "running": task.is_running, "due": due, "error": task.error,
        });
        let cells = [
            run.owner.to_string(),
            run.name.to_string(),
            task.name,
            task.since.to_string(),
            task.attempts.to_string(),
            if task.is_running { "yes" } else { "no" }.to_owned(),
            due.unwrap_or_default(),
            task.error.unwrap_or_default(),
        ];
        table.push(cells, &object)?;
    }
    Ok(table.finish()?)
}

async fn set_paused<M: Portable>(store: &StoreOption, is_paused: bool) -> Done {
    let changed = pause(&*store.existing::<M>()?, is_paused).await?;
    let said = match (is_paused, changed) {
        (true, true) => "paused: no attempt begins from one second from now on",
        (true, false) => "the tasks were paused before",
        (false, true) => "resumed",
        (false, false) => "the tasks were not paused",
    };
    Ok(writeln!(io::stdout(), "{said}")?)
}
