//! What can be seen of a run from outside.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{GATE, Run, in_chart};
use crate::chart::{Event, State, Task};
use crate::guarded::guarded;
use crate::portable::Portable;
use crate::record::{RunId, Version};
use crate::text;

/// The largest state, as JSON, whose data is shown, in bytes.
const DATA: usize = 1 << 10;

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
    /// The data of the state, if it has some and it takes at most 1 KiB as JSON. Sensitive values are in it.
    pub data: Option<Value>,
    /// Whether the state has more data.
    pub is_data_large: bool,
    /// The events that the machine takes now from a caller.
    pub legal: Vec<&'static Event>,
    /// The events that the graph allows and a guard or a gate forbids now, with the reason.
    pub blocked: Vec<(&'static Event, String)>,
    /// The tasks that have started and have not ended.
    pub tasks: Vec<&'static Task>,
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
        let (data, is_data_large) = self.data();
        let mut status = RunStatus {
            run: run.clone(),
            version: self.version(),
            leaf,
            state: M::CHART.state(leaf),
            data,
            is_data_large,
            legal: Vec::new(),
            blocked: Vec::new(),
            tasks: self.pending().map(|pending| pending.task).collect(),
            due: self.due(),
        };
        for name in self.machine.allowed().filter(|name| !self.comes_by_itself(*name)) {
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

    /// The data of the state, and whether it is too large to be shown.
    fn data(&self) -> (Option<Value>, bool) {
        let written = guarded(|| text::json_within(&self.machine.parts().state, DATA));
        match written {
            Ok(Ok(Some(written))) => {
                // A state is written as its name, or as `{"name": data}`.
                if written.starts_with('"') {
                    return (None, false);
                }
                let state = serde_json::from_str::<Map<String, Value>>(&written);
                let data = state.ok().and_then(|state| state.into_iter().next());
                let is_empty =
                    |data: &Value| data.is_null() || data.as_object().is_some_and(Map::is_empty);
                (data.map(|(_, data)| data).filter(|data| !is_empty(data)), false)
            }
            Ok(Ok(None)) => (None, true),
            _ => (None, false),
        }
    }
}
