//! Why a run did not do what it was asked.

use crate::record::RunName;
use crate::run::{Panic, Rejected, Situation, Unreplayable};
use crate::store::StoreError;

/// Why a run did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunsError {
    /// The run did not take the event. It is as it was.
    #[error("{}", .0.rejected.reason)]
    Refused(Box<Refused>),
    /// There is such a run already.
    #[error("the run `{}` was started before", .0.run)]
    AlreadyStarted(Box<Situation>),
    /// There is no such run.
    #[error("the run `{run}` was never started; `start_run` starts it; {}", named(known))]
    NeverStarted {
        /// The run that was asked for.
        run: RunName,
        /// Runs that there are, at most twenty.
        known: Vec<RunName>,
    },
    /// The author's code panicked. The run is as it was.
    #[error(transparent)]
    Panicked(#[from] Panic),
    /// The history is not one of this machine.
    #[error("the run `{run}` cannot be read")]
    Unreplayable {
        /// The run.
        run: RunName,
        /// The record at which its history breaks.
        source: Unreplayable,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The initial context cannot be written.
    #[error("the initial context cannot be written")]
    Unwritten(#[source] serde_json::Error),
}

/// An event that a run did not take, and the run as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The event, and why.
    pub rejected: Rejected,
    /// The run.
    pub situation: Situation,
}

impl RunsError {
    pub(super) fn refused(rejected: Rejected, situation: Situation) -> Self {
        Self::Refused(Box::new(Refused { rejected, situation }))
    }
}

fn named(known: &[RunName]) -> String {
    if known.is_empty() {
        return "no run was started yet".to_owned();
    }
    let names: Vec<_> = known.iter().map(RunName::as_str).collect();
    format!("there are `{}`", names.join("`, `"))
}
