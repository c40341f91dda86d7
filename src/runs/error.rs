//! Why a run did not do what was requested.

use super::waiting::{GateId, GateRequest};
use crate::guarded::Panic;
use crate::record::{RequestKey, RunId, Version};
use crate::run::{ForkError, Rejection, RunStatus, StartError, Unreplayable};
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
    /// The run has no such version.
    #[error("the run `{}` is at version {end}, and has no version {at}; fork it at {end} or an earlier version", run.name)]
    BeyondEnd {
        /// The run.
        run: RunId,
        /// The version that it does not have.
        at: Version,
        /// The version at which it is.
        end: Version,
    },
    /// People have approved an event of the run before this version, and the fork would go on from their decision.
    #[error("{}", gated(run, *at, *first))]
    ForkGated {
        /// The run.
        run: RunId,
        /// The version at which it was to be forked.
        at: Version,
        /// The first record that people have approved; the start, if the run was forked after one.
        first: Version,
    },
    /// The fork would begin in a state whose task has not ended, and the task would act again.
    #[error("{}", in_task(run, *at, state, task, *since))]
    ForkInTask {
        /// The run.
        run: RunId,
        /// The version at which it was to be forked.
        at: Version,
        /// The state or superstate, by its name on the wire.
        state: &'static str,
        /// The task.
        task: &'static str,
        /// The record that entered the state.
        since: Version,
    },
    /// The machine's value does not survive being written.
    #[error("the run `{}` cannot be forked", run.name)]
    Unforkable {
        /// The run.
        run: RunId,
        /// Why.
        source: ForkError,
    },
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

fn gated(run: &RunId, at: Version, first: Version) -> String {
    let (name, by_a_person) = (&run.name, by_a_person(run, at));
    match first.0.checked_sub(1) {
        Some(before) => format!(
            "record {first} of the run `{name}` was approved by a person, and a fork after it would reuse the approval; \
             fork at version {before} or an earlier one, or {by_a_person}"
        ),
        None => format!(
            "the run `{name}` was forked after a person's approval, and another fork would reuse it; {by_a_person}"
        ),
    }
}

fn in_task(run: &RunId, at: Version, state: &str, task: &str, since: Version) -> String {
    let before = since.0.checked_sub(1);
    let before = before.map(|before| format!("fork at version {before} or an earlier one, or "));
    let (before, by_a_person) = (before.unwrap_or_default(), by_a_person(run, at));
    format!(
        "in {state} the task `{task}` has not ended, and would act again in a fork; {before}{by_a_person}"
    )
}

fn by_a_person(run: &RunId, at: Version) -> String {
    let RunId { owner, name } = run;
    format!(
        "let a person run `fork {name} --owner {owner} --at {at} --as NAME` on the command line"
    )
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
