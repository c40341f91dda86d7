//! The command that replays a run.

use std::io::{self, Write};

use clap::Args;
use serde_json::{Value, json};

use super::Done;
use super::chosen::{PAGE, RunOption, never_started};
use super::progress::Progress;
use super::store::StoreOption;
use super::terminal;
use crate::api::{ParentJson, redact};
use crate::portable::Portable;
use crate::record::{Program, RunId, Snapshot, Version};
use crate::run::{Run, Unreplayable};
use crate::runs::{RunsError, noted_digest};
use crate::store::{Head, PageLimit, Scope, Store};

#[derive(Args)]
pub(crate) struct Replay {
    #[command(flatten)]
    run: RunOption,
    /// The last version [default: all]
    #[arg(long, value_name = "N")]
    to: Option<u64>,
    /// Print a JSON object
    #[arg(long)]
    json: bool,
    /// Print sensitive values too, instead of `[redacted]`
    #[arg(long)]
    show_sensitive: bool,
    #[command(flatten)]
    store: StoreOption,
}

/// Replays a run, compares it with its digests, and prints where it leads.
pub(super) async fn replay<M: Portable>(options: Replay) -> Done {
    let Replay { run, to, json, show_sensitive, store } = options;
    let (store, id) = (store.existing::<M>()?, run.id());
    let Some(head) = store.head(&id).await? else {
        return Err(never_started(&*store, id).await?.into());
    };
    let (name, end) = (&id.name, head.version);
    let to = to.map_or(end, Version);
    if to > end {
        let error =
            format!("the run `{name}` is at version {end}; use `--to {end}` or a smaller version");
        return Err(error.into());
    }
    let replayed = replayed::<M>(&*store, &id, to, |_| {}).await;
    let run = match replayed {
        Err(RunsError::Unreplayable { run, source }) => return Err(refused(run, source)),
        run => run?,
    };
    let snapshot = run.snapshot()?;
    let covered = match compared(&*store, &head, &run, &snapshot).await? {
        Ok(is_noted) if is_noted => Some(to),
        Ok(_) => run.digest_version(),
        Err(source) => return Err(refused(id, source)),
    };
    let mut value = serde_json::from_str(&snapshot.body)?;
    if !show_sensitive {
        redact::value(M::CHART, &mut value);
    }
    print(&head, &run, &snapshot, &value, covered, json)
}

/// The error about a run that this program cannot replay, and how to go on.
fn refused(run: RunId, source: Unreplayable) -> Box<dyn std::error::Error> {
    terminal::note(&format!(
        "the records can be read: `history {} --owner {}`",
        run.name, run.owner
    ));
    RunsError::Unreplayable { run, source }.into()
}

/// Replays a run up to a version, and lets the caller see it after each record.
pub(super) async fn replayed<M: Portable>(
    store: &dyn Store,
    id: &RunId,
    to: Version,
    mut seen: impl FnMut(&Run<M>),
) -> Result<Run<M>, RunsError> {
    let broken = |source| RunsError::Unreplayable { run: id.clone(), source };
    let mut progress = Progress::new("replayed");
    let mut run: Option<Run<M>> = None;
    loop {
        let next = run.as_ref().map_or(Version::START, Run::next);
        let left =
            usize::try_from(to.0.saturating_sub(next.0)).unwrap_or(usize::MAX).saturating_add(1);
        let page = store.load(id, next, PageLimit::new(left.min(PAGE.records), PAGE.bytes)).await?;
        for record in &page.records {
            match &mut run {
                None => run = Some(Run::begun(record, Program::of(M::CHART)).map_err(broken)?),
                Some(run) => run.replay(record).map_err(broken)?,
            }
            run.iter().for_each(&mut seen);
        }
        match run {
            Some(run) if run.version() >= to => {
                progress.end();
                return Ok(run);
            }
            // The run was removed meanwhile.
            _ if page.records.is_empty() => return Err(never_started(store, id.clone()).await?),
            _ => progress.show(next.0, to.0),
        }
    }
}

/// Compares the end of a run with the digest that was noted when it was last used. The answer is whether there is one.
async fn compared<M: Portable>(
    store: &dyn Store,
    head: &Head,
    run: &Run<M>,
    snapshot: &Snapshot,
) -> Result<Result<bool, Unreplayable>, RunsError> {
    if snapshot.hash != head.hash || !run.keeps_values() {
        return Ok(Ok(false));
    }
    let scope = Scope::Head { run: head.run.clone(), hash: head.hash };
    let noted = noted_digest(&store.notes(&scope).await?);
    Ok(match noted {
        Some(noted) if noted != snapshot.digest() => Err(Unreplayable::digest(head.version)),
        noted => Ok(noted.is_some()),
    })
}

fn print<M: Portable>(
    head: &Head,
    run: &Run<M>,
    snapshot: &Snapshot,
    value: &Value,
    covered: Option<Version>,
    is_json: bool,
) -> Done {
    let Head { run: id, parent, .. } = head;
    let (version, state, digest) =
        (run.version(), M::CHART.state(run.leaf()).wire(), snapshot.digest());
    let mut out = io::stdout().lock();
    if is_json {
        let mut object = serde_json::Map::new();
        object.insert("owner".to_owned(), json!(id.owner));
        object.insert("run".to_owned(), json!(id.name));
        object.insert("version".to_owned(), json!(version));
        object.insert("state".to_owned(), json!(state));
        object.insert("digest".to_owned(), json!(digest));
        object.insert("compared_to".to_owned(), json!(covered));
        if let Some(parent) = parent {
            object.insert("parent".to_owned(), json!(ParentJson::from(parent)));
        }
        object.insert("value".to_owned(), value.clone());
        let object = serde_json::Value::Object(object).to_string();
        writeln!(out, "{}", terminal::json(&object))?;
        return Ok(());
    }
    let compared = match covered {
        Some(covered) if covered >= version => "the data was compared with a digest".to_owned(),
        Some(covered) => {
            format!("digests cover the data up to version {covered}, and none after it")
        }
        None => "no digest covers the data; states and events were compared".to_owned(),
    };
    writeln!(
        out,
        "run       {}\nowner     {}\nversion   {version}\nstate     {state}",
        id.name, id.owner
    )?;
    if let Some(parent) = parent {
        writeln!(out, "parent    {parent}")?;
    }
    writeln!(
        out,
        "digest    {digest}\ncompared  {compared}\nvalue     {}",
        terminal::json(&value.to_string())
    )?;
    Ok(())
}
