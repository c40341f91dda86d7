//! The command that lists the records of a run.

use std::borrow::Cow;

use clap::Args;

use super::Done;
use super::chosen::{PAGE, RunOption, never_started};
use super::store::StoreOption;
use super::table::Table;
use crate::api::{RecordJson, redact};
use crate::portable::Portable;
use crate::record::{Entry, Record, Version};
use crate::store::{PageLimit, StoreError};
use crate::text;

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
    /// Print sensitive values too, instead of `[redacted]`
    #[arg(long)]
    show_sensitive: bool,
    #[command(flatten)]
    store: StoreOption,
}

/// Lists the records of a run. Nothing is replayed, so that any program can read them.
pub(super) async fn history<M: Portable>(options: History) -> Done {
    let History { run, from, json, show_sensitive, store } = options;
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
            let shown = if show_sensitive {
                Cow::Borrowed(record)
            } else {
                redact::record(M::CHART, record)
            };
            table.push(cells(&shown), &RecordJson::new(&shown))?;
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
        Entry::Forked { parent, .. } => (format!("forked from {parent}"), String::new()),
        Entry::Applied { event, from, .. } => (event.get().to_owned(), from.to_string()),
    };
    let (time, to) = (text::time(record.time), record.configuration().to_string());
    [record.version.to_string(), time, record.actor.to_string(), event, from, to]
}
