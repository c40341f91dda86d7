//! Why an API cannot be made, and why something cannot be read.

use super::arguments::Problem;
use super::limits;
use crate::record::{RunId, RunName};
use crate::runs::RunsError;
use crate::text;

/// Why the operations of a machine cannot be offered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OperationsError {
    /// Two events lead from one state to another, and `transition_state` names the target alone.
    #[error(
        "`{first}` and `{second}` both lead from {from} to {to}, so `transition_state` cannot tell them apart; offer \
         one operation for each event, or merge the two events"
    )]
    AmbiguousTarget {
        /// The state from which both lead.
        from: &'static str,
        /// The state to which both lead.
        to: &'static str,
        /// One event.
        first: &'static str,
        /// The other event.
        second: &'static str,
    },
    /// Two operations have one name.
    #[error("two operations are named `{0}`; rename the event or the query")]
    SameName(&'static str),
}

/// Why a call, a state, a history or a prompt has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The arguments are not those that are expected.
    #[error("{}", listed(.0))]
    Invalid(Vec<Problem>),
    /// Nothing has this name.
    #[error("{0}")]
    Unknown(String),
    /// The machine gives no such text now, or it is too large.
    #[error("{0}")]
    Unanswered(String),
    /// No such run of another principal exists, as far as the caller may know.
    #[error("the run {} was never started; your runs: {}", text::quoted(&run.to_string()), text::listed(own.iter().map(RunName::as_str)))]
    Absent {
        /// The run.
        run: RunId,
        /// Runs of the caller, at most twenty.
        own: Vec<RunName>,
    },
    /// The run did not do it.
    #[error(transparent)]
    Run(#[from] RunsError),
}

impl CallError {
    /// The error with its causes, at most 1 KiB long, without unprintable characters.
    #[must_use]
    pub fn reason(&self) -> String {
        limits::reason(&text::chain(self))
    }
}

impl From<Problem> for CallError {
    fn from(problem: Problem) -> Self {
        Self::Invalid(vec![problem])
    }
}

impl From<Vec<Problem>> for CallError {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Invalid(problems)
    }
}

fn listed(problems: &[Problem]) -> String {
    let problems = problems.iter().map(ToString::to_string);
    problems.collect::<Vec<_>>().join("; ")
}
