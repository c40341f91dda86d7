//! The command that lists runs.

use clap::Args;
use serde_json::{Value, json};

use super::Done;
use super::store::StoreOption;
use super::table::Table;
use super::terminal;
use crate::api::ParentJson;
use crate::caller::Principal;
use crate::portable::Portable;
use crate::record::RunId;
use crate::runs::{TaskStatus, tasks_of};
use crate::store::{Head, Store, StoreError};
use crate::text;

/// How many runs are read at once.
const PAGE: usize = 1000;

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

/// Lists runs, or removed runs.
pub(super) async fn list<M: Portable>(List { owner, removed, json, store }: List) -> Done {
    let store = store.existing::<M>()?;
    if removed {
        return list_removed(&*store, owner.as_ref(), json).await;
    }
    let mut table = Table::new(["OWNER", "RUN", "VERSION", "STATE", "TIME", "DUE", "PARENT"], json);
    let mut after: Option<RunId> = None;
    loop {
        let heads = store.heads(owner.as_ref(), after.as_ref(), PAGE).await?;
        for head in &heads {
            let tasks = tasks::<M>(&*store, head).await?;
            let (cells, object) =
                if head.is_damaged { damaged(head) } else { listed(head, &tasks) };
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

/// The tasks of a run, if its state can have some.
async fn tasks<M: Portable>(store: &dyn Store, head: &Head) -> Result<Vec<TaskStatus>, StoreError> {
    if M::CHART.tasks().is_empty() || head.is_damaged {
        return Ok(Vec::new());
    }
    tasks_of(store, &head.run).await
}

/// How far a task is, in a few words.
fn progress(task: &TaskStatus) -> String {
    let error = task.error.as_ref().map(|error| format!(", failed: {error}"));
    format!("{} (attempt {}{})", task.name, task.attempts, error.unwrap_or_default())
}

fn listed(head: &Head, tasks: &[TaskStatus]) -> ([String; 7], Value) {
    let Head { run, version, configuration, time, due, parent, .. } = head;
    let (state, time) = (configuration.to_string(), text::time(*time));
    let due = due.map(text::time);
    let mut object = json!({
        "owner": run.owner, "run": run.name, "version": version, "state": state, "time": time, "due": due,
        "parent": parent.as_ref().map(ParentJson::from),
    });
    let mut state = state;
    if !tasks.is_empty() {
        state = format!("{state}: {}", tasks.iter().map(progress).collect::<Vec<_>>().join(", "));
        if let Value::Object(object) = &mut object {
            object.insert("tasks".to_owned(), json!(tasks));
        }
    }
    let (owner, name, version) = (run.owner.to_string(), run.name.to_string(), version.to_string());
    let parent = parent.as_ref().map(ToString::to_string);
    let cells =
        [owner, name, version, state, time, due.unwrap_or_default(), parent.unwrap_or_default()];
    (cells, object)
}

/// A head of which nothing but the name is shown, since nothing else can be trusted.
fn damaged(head: &Head) -> ([String; 7], Value) {
    let RunId { owner, name } = &head.run;
    let object = json!({"owner": owner, "run": name, "damaged": true});
    let none = String::new;
    let (owner, name, state) = (owner.to_string(), name.to_string(), "damaged".to_owned());
    ([owner, name, none(), state, none(), none(), none()], object)
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
