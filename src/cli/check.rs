//! The command that compares a store with the machine.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::Ordering;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use super::Done;
use super::store::StoreOption;
use super::table::Table;
use super::terminal;
use crate::caller::Principal;
use crate::portable::Portable;
use crate::runs::{Check as Checking, CheckSummary, Checked};

/// How often the progress is shown.
const TICK: Duration = Duration::from_millis(250);

#[derive(Args)]
pub(crate) struct Check {
    /// Check only the runs of this owner
    #[arg(long, value_name = "NAME")]
    owner: Option<Principal>,
    /// Print a JSON object for each run, and one with the summary
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StoreOption,
}

/// Compares the runs with the machine, and fails if one of them cannot go on.
pub(super) async fn check<M: Portable>(Check { owner, json, store }: Check) -> Done {
    let mut check = Checking::<M>::new(store.existing::<M>()?);
    if let Some(owner) = owner {
        check = check.of_owner(owner);
    }
    let mut table = Table::new(["OWNER", "RUN", "OUTCOME", "RECORD", "CAUSE", "REASON"], json);
    let mut printed = Ok(());
    let progress = check.progress();
    let show = async {
        let mut ticks = tokio::time::interval(TICK);
        loop {
            ticks.tick().await;
            show(progress.load(Ordering::Relaxed));
        }
    };
    let run = check.run(|checked| {
        if printed.is_ok() && (json || !checked.outcome.goes_on()) {
            printed = table.push(cells(&checked), &object(&checked));
        }
    });
    let summary = tokio::select! {
        summary = run => summary?,
        () = show => return Ok(()),
    };
    hide();
    printed?;
    if json {
        let summary = json!({ "summary": summary }).to_string();
        writeln!(io::stdout(), "{}", terminal::json(&summary))?;
    } else {
        if !summary.goes_on() {
            table.finish()?;
        }
        summarize(&summary)?;
    }
    match summary.stopped() {
        0 => Ok(()),
        stopped => Err(format!(
            "{stopped} of {} runs cannot go on with this machine; declare an upgrade, or use the program that recorded them",
            summary.runs
        )
        .into()),
    }
}

fn cells(checked: &Checked) -> [String; 6] {
    let (owner, name) = (checked.run.owner.to_string(), checked.run.name.to_string());
    let fault = checked.faults.first();
    let record = fault.map(|fault| fault.version.to_string()).unwrap_or_default();
    let cause = fault.map(|fault| words(fault.cause())).unwrap_or_default();
    let reason = checked.faults.last().map(|fault| fault.reason.clone()).unwrap_or_default();
    [owner, name, checked.outcome.to_string(), record, cause, reason]
}

fn object(checked: &Checked) -> Value {
    let faults = checked.faults.iter().map(
        |fault| json!({"record": fault.version, "cause": fault.cause(), "reason": fault.reason}),
    );
    json!({
        "owner": checked.run.owner,
        "run": checked.run.name,
        "version": checked.version,
        "outcome": checked.outcome,
        "faults": faults.collect::<Vec<_>>(),
        "upgrades": checked.upgrades.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn summarize(summary: &CheckSummary) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "runs     {}\nrecords  {}", summary.runs, summary.records)?;
    for (outcome, runs) in &summary.outcomes {
        writeln!(out, "{runs:>7}  {outcome}")?;
    }
    for (cause, runs) in &summary.causes {
        writeln!(out, "{runs:>7}  cannot go on: {}", words(cause))?;
    }
    for (upgrade, runs) in &summary.upgrades {
        writeln!(out, "{runs:>7}  go on by the upgrade: {upgrade}")?;
    }
    Ok(())
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}

fn show(records: u64) {
    if records > 0 && io::stderr().is_terminal() {
        let _ = write!(io::stderr(), "\rchecked {records} records");
    }
}

fn hide() {
    if io::stderr().is_terminal() {
        let _ = write!(io::stderr(), "\r{:40}\r", "");
    }
}
