//! A run as lines of JSON: what is exported from one store, and imported into another.
//!
//! The first line names the format, the machine and the run. Each line after it is a record, with its entry as the text
//! that the record's hash covers. The last line counts the records and repeats the last hash, so that a file that was cut
//! off is seen. Sensitive values are in it in full.

mod error;
mod read;

use std::io::Write;

use serde::{Deserialize, Serialize};

pub use self::error::{ArchiveError, LineFault};
pub use self::read::{Archive, Records};
use super::{PageLimit, Store};
use crate::caller::Principal;
use crate::record::{Entry, Hash, RunId, RunName, Version};

/// The name of the format.
const FORMAT: &str = "leverframe-run";

/// The form of the lines that this program writes and reads.
const FORM: u32 = 1;

/// How much is read from a store at once.
const PAGE: PageLimit = PageLimit::new(1000, 4 << 20);

/// The first line.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: String,
    form: u32,
    machine: String,
    owner: Principal,
    run: RunName,
    /// The declaration of the machine that made the last record.
    declaration: Hash,
}

/// The last line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Trailer {
    records: u64,
    hash: Hash,
}

/// Writes a run as lines of JSON, as it is at one moment, and answers its last version. Two exports of the same history
/// have the same bytes. `progress` is told how many records are written, and of how many.
///
/// # Errors
///
/// [`ArchiveError::NeverStarted`]; [`ArchiveError::Replaced`] if the run is removed meanwhile; [`ArchiveError::Foreign`] if
/// a record was written in a form that this program would not write; or that the store or the writer fails.
pub async fn export(
    store: &dyn Store,
    run: &RunId,
    out: &mut (dyn Write + Send),
    mut progress: impl FnMut(u64, u64),
) -> Result<Version, ArchiveError> {
    let head = store.head(run).await?;
    let head = head.ok_or_else(|| ArchiveError::NeverStarted(run.clone()))?;
    let replaced = || ArchiveError::Replaced(run.clone());
    let (mut next, mut hash) = (Version::START, Hash::NONE);
    while next <= head.version {
        let left = usize::try_from(head.version.0 - next.0).unwrap_or(usize::MAX);
        let limit = PageLimit::new(PAGE.records.min(left.saturating_add(1)), PAGE.bytes);
        let page = store.load(run, next, limit).await?;
        if page.records.is_empty() || page.after != hash {
            return Err(replaced());
        }
        for record in page.records {
            if next == Version::START {
                let machine = machine(&record.entry).ok_or_else(replaced)?.to_owned();
                let RunId { owner, name } = run.clone();
                let (format, declaration) = (FORMAT.to_owned(), head.declaration);
                let header = Header { format, form: FORM, machine, owner, run: name, declaration };
                line(out, &header)?;
            }
            if record.chained(&hash, &record.entry_json()) != record.hash {
                return Err(ArchiveError::Foreign { run: run.clone(), version: next });
            }
            line(out, &record)?;
            (hash, next) = (record.hash, next.next());
        }
        progress(next.0, head.version.0.saturating_add(1));
    }
    if hash != head.hash {
        return Err(replaced());
    }
    line(out, &Trailer { records: next.0, hash })?;
    out.flush()?;
    Ok(head.version)
}

fn line(out: &mut (dyn Write + Send), value: &impl Serialize) -> Result<(), ArchiveError> {
    let mut text = serde_json::to_string(value).expect("all keys are texts");
    text.push('\n');
    Ok(out.write_all(text.as_bytes())?)
}

/// The machine that a first record names.
fn machine(entry: &Entry) -> Option<&str> {
    match entry {
        Entry::Started { machine, .. } | Entry::Forked { machine, .. } => Some(machine),
        Entry::Applied { .. } => None,
    }
}
