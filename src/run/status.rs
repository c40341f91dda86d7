//! What can be seen of a run from outside.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{GATE, Run, in_chart};
use crate::chart::{Event, State};
use crate::guarded::guarded;
use crate::portable::Portable;
use crate::record::{RunId, Version};

/// The state of a run, and what may happen next.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunStatus {
    /// The run.
    pub run: RunId,
    /// The number of events that it has taken.
    pub version: Version,
    /// The number of the state in the chart.
    pub leaf: u16,
    /// The state.
    pub state: &'static State,
    /// The events that the machine takes now from a caller.
    pub legal: Vec<&'static Event>,
    /// The events that the graph allows and a guard or a gate forbids now, with the reason.
    pub blocked: Vec<(&'static Event, String)>,
    /// The next timeout, and when it comes if no other event leaves its state before.
    pub due: Option<(DateTime<Utc>, &'static Event)>,
}

/// An event that the machine did not take.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejection {
    /// The kind.
    pub kind: RejectionKind,
    /// The event.
    pub event: &'static Event,
    /// Why, for a reader.
    pub reason: String,
}

impl Rejection {
    pub(crate) fn new(kind: RejectionKind, event: &'static Event, reason: String) -> Self {
        Self { kind, event, reason }
    }
}

/// The kinds of rejections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RejectionKind {
    /// The graph has no such transition from the present state.
    NoTransition,
    /// A guard forbids the event now.
    Guard,
    /// The handler failed.
    Failed,
    /// The present state is final.
    Final,
    /// The run is at another version than the caller expects, or the request key was used for another request.
    Conflict,
    /// A person has to decide, or a time has to come.
    Waiting,
    /// A person decided against it.
    Denied,
    /// The event would exceed a limit of the program.
    Limit,
}

impl<M: Portable> Run<M> {
    /// The state of the run, and what may happen next.
    #[must_use]
    pub fn status(&self, run: &RunId) -> RunStatus {
        let leaf = self.leaf();
        let mut status = RunStatus {
            run: run.clone(),
            version: self.version(),
            leaf,
            state: M::CHART.state(leaf),
            legal: Vec::new(),
            blocked: Vec::new(),
            due: self.due(),
        };
        for name in self.machine.allowed().filter(|name| !self.is_timeout(*name)) {
            let event = in_chart::<M>(name);
            let verdict = guarded(|| self.machine.guards(name).map_err(|fault| fault.to_string()));
            match verdict.unwrap_or_else(|panic| Err(panic.to_string())) {
                Ok(()) if self.needed(event).is_some() => {
                    status.blocked.push((event, GATE.to_owned()));
                }
                Ok(()) => status.legal.push(event),
                Err(reason) => status.blocked.push((event, reason)),
            }
        }
        status
    }
}
