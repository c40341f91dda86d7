//! The commands about runs: what there is, what happened, and how to be rid of it.

use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::store::StoreOption;
use crate::portable::Portable;
use crate::record::{Entry, Principal, Record, RunName, Version};
use crate::run::Run;
use crate::runs::{Runs, RunsError};
use crate::store::Store;

/// How many records or runs are read at once.
const PAGE: usize = 1000;

#[derive(Subcommand)]
pub(super) enum RunsCommand {
    /// List the runs of a store
    Runs(List),
    /// Tell what happened in a run
    History(History),
    /// Replay a run from its records, and tell where it leads
    Replay(Replay),
    /// Remove a run with all of its records
    Remove(Remove),
    /// Copy a store, while it is used, into a new file
    Backup(Backup),
}

#[derive(Args)]
pub(super) struct List {
    #[command(flatten)]
    store: StoreOption,
    /// List what is left of runs that were removed
    #[arg(long)]
    removed: bool,
    /// Write a JSON object on each line
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(super) struct History {
    /// The run
    run: RunName,
    /// The first version
    #[arg(long, value_name = "N", default_value_t = 0)]
    from: u64,
    /// Write a JSON object on each line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StoreOption,
}

#[derive(Args)]
pub(super) struct Replay {
    /// The run
    run: RunName,
    /// The last version [default: all]
    #[arg(long, value_name = "N")]
    to: Option<u64>,
    /// Write a JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StoreOption,
}

#[derive(Args)]
pub(super) struct Remove {
    /// The run
    run: RunName,
    #[command(flatten)]
    store: StoreOption,
}

#[derive(Args)]
pub(super) struct Backup {
    /// The new file
    file: PathBuf,
    #[command(flatten)]
    store: StoreOption,
}

type Done = Result<(), Box<dyn Error>>;

/// Does what a command says.
pub(super) fn run<M: Portable<Context: Default>>(command: RunsCommand) -> Done {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let done = runtime.block_on(async {
        match command {
            RunsCommand::Runs(command) => list::<M>(command).await,
            RunsCommand::History(command) => history::<M>(command).await,
            RunsCommand::Replay(command) => replay::<M>(command).await,
            RunsCommand::Remove(command) => remove::<M>(command).await,
            RunsCommand::Backup(command) => backup::<M>(command),
        }
    });
    match done {
        // A reader that has seen enough is no failure.
        Err(error) if is_broken_pipe(&*error) => Ok(()),
        done => done,
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

async fn list<M: Portable>(List { store, removed, json }: List) -> Done {
    let store = store.existing::<M>()?;
    if removed {
        let mut table = Table::new(&["run", "version", "actor", "removed"], json);
        for tombstone in store.tombstones().await? {
            table.row([
                json!(tombstone.run),
                json!(tombstone.version),
                json!(tombstone.actor),
                json!(shown(tombstone.time)),
            ]);
        }
        return table.finish();
    }
    let names = ["run", "version", "state", "time", "due"];
    let names = if M::CHART.has_timeouts() { &names[..] } else { &names[..4] };
    let mut table = Table::new(names, json);
    let mut after: Option<RunName> = None;
    loop {
        let heads = store.heads(after.as_ref(), PAGE).await?;
        for head in &heads {
            table.row([
                json!(head.run),
                json!(head.version),
                json!(head.state),
                json!(shown(head.time)),
                json!(head.due.map(shown)),
            ]);
        }
        match heads.last() {
            Some(last) if heads.len() == PAGE => after = Some(last.run.clone()),
            _ => return table.finish(),
        }
    }
}

async fn history<M: Portable<Context: Default>>(command: History) -> Done {
    let History { run, from, json, store } = command;
    let store = store.existing::<M>()?;
    known(&store, &run).await?;
    let mut table = Table::new(&["version", "time", "actor", "event", "from", "to"], json);
    let mut next = Version(from);
    loop {
        let records = store.load(&run, next, PAGE).await?.records;
        for record in &records {
            table.row(told(record));
        }
        table.flush()?;
        next = Version(next.0 + records.len() as u64);
        if records.len() < PAGE {
            return table.finish();
        }
    }
}

async fn replay<M: Portable<Context: Default>>(command: Replay) -> Done {
    let Replay { run: name, to, json, store } = command;
    let store = store.existing::<M>()?;
    let end = known(&store, &name).await?;
    let to = to.map_or(end, Version);
    if to > end {
        return Err(
            format!("the run `{name}` is at version {end}; take `--to {end}` or less").into()
        );
    }
    let mut progress = Progress::new("replayed");
    let mut run = Run::<M>::unstarted()?;
    while run.next() <= to {
        let left = usize::try_from(to.0 + 1 - run.next().0).unwrap_or(usize::MAX);
        let records = store.load(&name, run.next(), left.min(PAGE)).await?.records;
        if records.is_empty() {
            break;
        }
        for record in &records {
            run.replay(record)?;
        }
        progress.tell(run.version().0, to.0);
    }
    progress.end();
    let (snapshot, situation) = (run.snapshot()?, run.situation(&name));
    let (state, digest) = (situation.state.wire(), snapshot.digest());
    let mut out = io::stdout().lock();
    if json {
        let value: Value = serde_json::from_str(&snapshot.body)?;
        let told =
            json!({"run": name, "version": to, "state": state, "digest": digest, "value": value});
        writeln!(out, "{told}")?;
    } else {
        writeln!(out, "run      {name}\nversion  {to}\nstate    {state}\ndigest   {digest}")?;
        writeln!(out, "value    {}", snapshot.body)?;
    }
    Ok(())
}

async fn remove<M: Portable<Context: Default>>(Remove { run, store }: Remove) -> Done {
    let store = store.existing::<M>()?;
    let tombstone =
        Runs::<M>::new(std::sync::Arc::new(store)).remove(&run, &Principal::LOCAL).await?;
    writeln!(io::stdout(), "removed `{run}`, which was at version {}", tombstone.version)?;
    Ok(())
}

fn backup<M: Portable>(Backup { file, store }: Backup) -> Done {
    let store = store.existing::<M>()?;
    let mut progress = Progress::new("copied");
    store.backup(&file, |left, all| {
        let [left, all] = [left, all].map(|pages| u64::try_from(pages).unwrap_or_default());
        progress.tell(all - left, all);
    })?;
    progress.end();
    writeln!(io::stdout(), "copied `{}` to `{}`", store.path().display(), file.display())?;
    Ok(())
}

/// The end of a run that has to be there.
async fn known(store: &dyn Store, run: &RunName) -> Result<Version, Box<dyn Error>> {
    let mut heads = store.heads(None, PAGE).await?;
    let known = heads.iter().map(|head| head.run.clone()).take(20).collect();
    loop {
        if let Some(head) = heads.iter().find(|head| head.run == *run) {
            return Ok(head.version);
        }
        match heads.last() {
            Some(last) if last.run < *run => heads = store.heads(Some(&last.run), PAGE).await?,
            _ => return Err(RunsError::NeverStarted { run: run.clone(), known }.into()),
        }
    }
}

fn told(record: &Record) -> [Value; 6] {
    let (event, from, to) = match &record.entry {
        Entry::Started { state, .. } => (json!("started"), Value::Null, json!(state)),
        Entry::Applied { event, from, to, .. } => {
            let event = serde_json::from_str(event.get()).unwrap_or_default();
            (event, json!(from), json!(to))
        }
    };
    [json!(record.version), json!(shown(record.time)), json!(record.actor), event, from, to]
}

fn shown(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Rows for a reader, or objects for a program.
struct Table {
    names: Vec<&'static str>,
    rows: Vec<Vec<Value>>,
    json: bool,
    begun: bool,
}

impl Table {
    fn new(names: &[&'static str], json: bool) -> Self {
        Self { names: names.to_owned(), rows: Vec::new(), json, begun: false }
    }

    /// Adds a row, of which what has no name is left out.
    fn row(&mut self, row: impl IntoIterator<Item = Value>) {
        self.rows.push(row.into_iter().take(self.names.len()).collect());
    }

    fn finish(mut self) -> Done {
        self.flush()
    }

    fn flush(&mut self) -> Done {
        let mut out = io::stdout().lock();
        let rows = std::mem::take(&mut self.rows);
        if self.json {
            for row in rows {
                let names = self.names.iter().map(|name| (*name).to_owned());
                writeln!(out, "{}", Value::Object(names.zip(row).collect()))?;
            }
            return Ok(());
        }
        let mut lines: Vec<Vec<String>> = Vec::new();
        if !self.begun {
            lines.push(self.names.iter().map(|name| name.to_uppercase()).collect());
        }
        self.begun = true;
        lines.extend(rows.iter().map(|row| row.iter().map(cell).collect()));
        let widths: Vec<usize> = (0..self.names.len())
            .map(|place| {
                let cells = lines.iter().filter_map(|line| line.get(place));
                cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
            })
            .collect();
        for line in lines {
            let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}

/// A value in a table: on one line, and without the quotes of JSON.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// How far long work has come, for who looks at a terminal.
struct Progress {
    verb: &'static str,
    is_shown: bool,
}

impl Progress {
    fn new(verb: &'static str) -> Self {
        Self { verb, is_shown: false }
    }

    fn tell(&mut self, done: u64, all: u64) {
        if done < all && io::stderr().is_terminal() {
            self.is_shown = true;
            let percent = done * 100 / all.max(1);
            // Where nobody looks, nothing is missed.
            let _ = write!(io::stderr(), "\r{} {percent} %", self.verb);
        }
    }

    fn end(self) {
        if self.is_shown {
            let _ = write!(io::stderr(), "\r{:20}\r", "");
        }
    }
}
