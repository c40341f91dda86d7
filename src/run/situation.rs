//! What can be seen of a run from outside.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{GATE, Run, guarded, in_chart};
use crate::chart::{Event, State};
use crate::portable::Portable;
use crate::record::{RunName, Version};

/// What can be seen of a run: its state, and what may happen next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Situation {
    /// The run.
    pub run: RunName,
    /// How many events it has taken.
    pub version: Version,
    /// The number of the state in the chart.
    pub number: u16,
    /// The state.
    pub state: &'static State,
    /// The events that the machine takes now from a caller.
    pub legal: Vec<&'static Event>,
    /// The events that the graph allows and a guard forbids now, with the guard's reason.
    pub blocked: Vec<(&'static Event, String)>,
    /// When a timeout comes, where no other event comes before.
    pub due: Option<(DateTime<Utc>, &'static Event)>,
}

/// An event that the machine did not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Which kind of refusal it was.
    pub kind: Kind,
    /// The event.
    pub event: &'static Event,
    /// Why, for a reader.
    pub reason: String,
}

/// The kinds of refusals of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// The graph has no such transition from the present state.
    NoTransition,
    /// A guard forbids the event now.
    Guard,
    /// The handler failed.
    Failed,
    /// The present state is final.
    Final,
    /// The run is at another version than the caller supposed.
    Conflict,
    /// A person has to decide, or a time has to come.
    Waiting,
}

impl<M: Portable> Run<M> {
    /// What can be seen of the run from outside.
    #[must_use]
    pub fn situation(&self, run: &RunName) -> Situation {
        let number = self.number();
        let mut situation = Situation {
            run: run.clone(),
            version: self.version(),
            number,
            state: M::CHART.state(number),
            legal: Vec::new(),
            blocked: Vec::new(),
            due: self.due(),
        };
        for name in self.machine.allowed().filter(|name| !self.is_timeout(*name)) {
            let event = in_chart::<M>(name);
            let verdict = guarded(|| self.machine.guards(name).map_err(|fault| fault.to_string()));
            match verdict.unwrap_or_else(|panic| Err(panic.to_string())) {
                Ok(()) if self.is_gated(name) => situation.blocked.push((event, GATE.to_owned())),
                Ok(()) => situation.legal.push(event),
                Err(reason) => situation.blocked.push((event, reason)),
            }
        }
        situation
    }
}
