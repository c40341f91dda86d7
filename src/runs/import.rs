//! Importing a run that was exported from another store.

use std::sync::Arc;

use super::offload::offload_work;
use super::{Runs, RunsError};
use crate::guarded::Panic;
use crate::portable::Portable;
use crate::record::{Hash, Program, RunId, Version};
use crate::run::{Run, Unreplayable};
use crate::store::{Archive, ArchiveError, Import, StoreError};

/// After how many records the progress is reported.
const REPORTED: u64 = 1 << 12;

/// A run that was imported.
#[derive(Debug)]
#[non_exhaustive]
pub struct Imported {
    /// The run.
    pub run: RunId,
    /// The version of its last record.
    pub version: Version,
    /// The hash of its last record, which is that of the export.
    pub hash: Hash,
    /// Why this program cannot go on with it, if so. Its records are there all the same, and no timeout of it comes.
    pub unreplayable: Option<Unreplayable>,
    /// The tasks that had not ended. They start again.
    pub tasks: Vec<&'static str>,
}

/// What an import is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImportPhase {
    /// It proves and replays the records. Nothing is written.
    Checking,
    /// It writes them.
    Writing,
}

/// A function that is told the phase, how many bytes of the file are done in it, and of how many.
pub type ImportProgress = Arc<dyn Fn(ImportPhase, u64, u64) + Send + Sync>;

/// Why a run was not imported. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// There is such a run.
    #[error("there is a run `{}` of `{}` already; import it under another name, or remove the run", .0.name, .0.owner)]
    Exists(RunId),
    /// It is a run of another machine.
    #[error(
        "the file has a run of the machine `{found}`, and this program has the machine `{expected}`"
    )]
    OtherMachine {
        /// The machine of the file.
        found: String,
        /// The machine of the program.
        expected: &'static str,
    },
    /// The file is no whole export.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The runs cannot be used.
    #[error(transparent)]
    Runs(#[from] RunsError),
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        Self::Runs(error.into())
    }
}

impl From<Panic> for ImportError {
    fn from(panic: Panic) -> Self {
        Self::Runs(panic.into())
    }
}

/// What the whole file has proved to be.
struct Checked<M> {
    archive: Archive,
    /// The run after all records, if they replay.
    run: Result<Run<M>, Unreplayable>,
    version: Version,
    hash: Hash,
}

impl<M: Portable<Context: Default>> Runs<M> {
    /// Adds the run of an export as the run `to`, with the times, actors, request keys and hashes of its records. The file
    /// is read twice: first all of it is proven and replayed, then it is written at once. The memory that it takes does not
    /// depend on the number of records. Limits on the number of runs do not apply.
    ///
    /// # Errors
    ///
    /// [`ImportError`]. Nothing is written then.
    pub async fn import(
        &self,
        mut archive: Archive,
        to: &RunId,
        progress: ImportProgress,
    ) -> Result<Imported, ImportError> {
        let (found, expected) = (archive.machine(), M::CHART.name());
        if found != expected {
            return Err(ImportError::OtherMachine { found: found.to_owned(), expected });
        }
        let slot = self.live.slot(to);
        let mut place = slot.lock().await;
        if self.store.head(to).await?.is_some() {
            return Err(ImportError::Exists(to.clone()));
        }
        *place = None;
        let (program, told) = (self.program, Arc::clone(&progress));
        let checked = offload_work(move || checked::<M>(archive, program, &told)).await??;
        let Checked { run, version, hash, .. } = checked;
        archive = checked.archive;
        let (length, declaration) = (archive.length()?, archive.declaration());
        let mut records = archive.records()?;
        let mut count = 0;
        let records = std::iter::from_fn(move || {
            let next = records.next();
            report(&progress, ImportPhase::Writing, &mut count, records.bytes(), length);
            next.map(|record| record.map_err(Into::into))
        });
        let standing = run.as_ref().ok().and_then(Self::standing);
        let due = run.as_ref().ok().and_then(Run::due).map(|(due, _)| due);
        let import = Import::new(to.clone(), records, declaration).due_at(due).standing(standing);
        match self.store.import(import).await {
            Err(StoreError::Conflict { .. }) => return Err(ImportError::Exists(to.clone())),
            done => done?,
        };
        self.alarm.hurry(due);
        let tasks = run.iter().flat_map(Run::pending).map(|pending| pending.task.name()).collect();
        if let Ok(snapshot) = run.as_ref().map(Run::snapshot)
            && version > Version::START
        {
            // Without it the records are replayed again.
            let _ = snapshot.map(|snapshot| self.store.keep(to, snapshot));
        }
        Ok(Imported { run: to.clone(), version, hash, unreplayable: run.err(), tasks })
    }
}

fn checked<M: Portable>(
    mut archive: Archive,
    program: Program,
    progress: &ImportProgress,
) -> Result<Checked<M>, ArchiveError> {
    let length = archive.length()?;
    let mut records = archive.records()?;
    let mut run: Option<Result<Run<M>, Unreplayable>> = None;
    let (mut end, mut count) = ((Version::START, Hash::NONE), 0);
    while let Some(record) = records.next() {
        let record = record?;
        run = Some(match run {
            None => Run::begun(&record, program),
            Some(Ok(mut run)) => run.replay(&record).map(|()| run),
            Some(unreplayable) => unreplayable,
        });
        end = (record.version, record.hash);
        report(progress, ImportPhase::Checking, &mut count, records.bytes(), length);
    }
    let run = run.ok_or(ArchiveError::CutOff { line: 1 })?;
    let (version, hash) = end;
    Ok(Checked { archive, run, version, hash })
}

/// Reports the progress from time to time.
fn report(progress: &ImportProgress, phase: ImportPhase, count: &mut u64, bytes: u64, length: u64) {
    *count += 1;
    if count.is_multiple_of(REPORTED) {
        progress(phase, bytes, length);
    }
}
