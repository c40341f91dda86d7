//! Why a run did not do what was requested.

use super::waiting::{GateId, GateRequest};
use crate::guarded::Panic;
use crate::record::{RequestKey, RunId, Version};
use crate::run::{Rejection, RunStatus, StartError, Unreplayable};
use crate::store::StoreError;
use crate::text;

/// Why a run did not do what was requested. The run is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunsError {
    /// The run did not take the event.
    #[error("{}", .0.rejection.reason)]
    Refused(Box<Rejected>),
    /// The request key has a record of the same caller with other content.
    #[error(
        "the request key {} was used for another request, recorded as version {version}; use another key",
        text::quoted(key.as_str())
    )]
    KeyReused {
        /// The key.
        key: RequestKey,
        /// The version of its record.
        version: Version,
        /// The run.
        status: Box<RunStatus>,
    },
    /// Other callers changed the run again and again.
    #[error("other callers keep changing the run `{}`; try again", .0.run.name)]
    Contended(Box<RunStatus>),
    /// There is such a run already.
    #[error("the run `{}` was started before", .0.run.name)]
    AlreadyStarted(Box<RunStatus>),
    /// There is no such run.
    #[error("the run `{}` was never started; runs: {}", run.name, text::listed(known.iter().map(|run| run.name.as_str())))]
    NeverStarted {
        /// The run.
        run: RunId,
        /// Runs of the same owner, at most twenty.
        known: Vec<RunId>,
    },
    /// The owner has as many runs as one principal may have, so this run was not started.
    #[error(
        "`{}` has {runs} of at most {limit} runs (`runs_per_principal`); `remove` a run on the command line, or start the \
         server with a larger `--max-runs`",
        run.owner
    )]
    TooManyRuns {
        /// The run that was not started.
        run: RunId,
        /// How many runs the owner has.
        runs: u64,
        /// How many are allowed.
        limit: u64,
    },
    /// A person has to decide about the event, or has decided against it.
    #[error("{}", .0.request)]
    Waiting(Box<Waiting>),
    /// No such request waits at a gate of the run: it was decided, or the run has gone on.
    #[error("no request{} waits at a gate of the run `{}`", of(gate.as_ref()), run.name)]
    NoRequest {
        /// The run.
        run: RunId,
        /// The gate, if one was named.
        gate: Option<GateId>,
    },
    /// The caller may not decide about the request.
    #[error("{0}")]
    MayNotDecide(String),
    /// The author's code panicked.
    #[error("the machine failed: {0}")]
    Panicked(String),
    /// The initial context cannot be made.
    #[error("the run `{}` cannot be started", run.name)]
    Unstartable {
        /// The run.
        run: RunId,
        /// Why.
        source: StartError,
    },
    /// The history does not fit this program's machine. Its records can still be read.
    #[error(
        "the run `{}` was recorded by another version of this machine, and cannot go on with this one; `check` on the \
         command line says which runs can: declare an upgrade, use the program that recorded it, or start another run",
        run.name
    )]
    Unreplayable {
        /// The run.
        run: RunId,
        /// The first record that does not fit.
        source: Unreplayable,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An event that a run did not take, and the run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejected {
    /// The event, and why it was refused.
    pub rejection: Rejection,
    /// The run.
    pub status: RunStatus,
}

fn of(gate: Option<&GateId>) -> String {
    gate.map(|gate| format!(" `{gate}`")).unwrap_or_default()
}

/// An event that waits for a person, and the run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Waiting {
    /// The request.
    pub request: GateRequest,
    /// The run.
    pub status: RunStatus,
}

impl RunsError {
    pub(super) fn waiting(request: GateRequest, status: RunStatus) -> Self {
        Self::Waiting(Box::new(Waiting { request, status }))
    }

    pub(super) fn refused(rejection: Rejection, status: RunStatus) -> Self {
        Self::Refused(Box::new(Rejected { rejection, status }))
    }

    pub(super) fn reused(key: &RequestKey, version: Version, status: RunStatus) -> Self {
        Self::KeyReused { key: key.clone(), version, status: Box::new(status) }
    }
}

impl From<Panic> for RunsError {
    fn from(panic: Panic) -> Self {
        Self::Panicked(panic.to_string())
    }
}
