//! What operations answer.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use super::counts::CallOutcome;
use super::gate::GateJson;
use super::limits;
use super::moves::Moves;
use super::record::ParentJson;
use super::redact;
use super::task::TaskJson;
use crate::record::{Parent, RunId, Version};
use crate::run::{RejectionKind, RunStatus};
use crate::runs::{GateId, GateRequest, TaskStatus};
use crate::text;

/// The answer to a call: an object, as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    text: String,
    outcome: CallOutcome,
    gate: Option<Box<(RunId, GateId)>>,
}

impl Answer {
    /// The answer of an operation that did what was requested.
    pub(crate) fn done(answer: &impl Serialize) -> Self {
        Self::written(json(answer))
    }

    /// An answer that is written already.
    pub(crate) fn written(text: String) -> Self {
        Self { text, outcome: CallOutcome::Done, gate: None }
    }

    /// The answer of an operation that was refused or has failed.
    pub(crate) fn refused(text: String, outcome: CallOutcome) -> Self {
        Self { text, outcome, gate: None }
    }

    /// Adds the request that waits for a person.
    pub(super) fn at_gate(self, run: RunId, gate: GateId) -> Self {
        Self { gate: Some(Box::new((run, gate))), ..self }
    }

    /// The request that waits for a person, and its run.
    pub(crate) fn gate(&self) -> Option<&(RunId, GateId)> {
        self.gate.as_deref()
    }

    /// What came of the call.
    pub(crate) fn outcome(&self) -> CallOutcome {
        self.outcome
    }

    /// The JSON text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The JSON text.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }

    /// Whether the operation was refused or has failed. Then nothing was changed, or nobody knows whether it was; the
    /// answer says which.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.outcome != CallOutcome::Done
    }
}

/// A value as JSON text.
pub(crate) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("all keys are texts")
}

/// The state of a run, what happened to it, and what may happen next. What is empty is left out.
#[derive(Serialize)]
pub(crate) struct StatusJson<'a> {
    run: String,
    version: Version,
    state: &'static str,
    /// Whether the run has ended.
    #[serde(rename = "final", skip_serializing_if = "std::ops::Not::not")]
    is_final: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<Refused>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    replayed: bool,
    /// The record at which the run was just forked.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<ParentJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    /// Where data is that has no place here.
    #[serde(skip_serializing_if = "Option::is_none")]
    data_omitted: Option<&'static str>,
    legal: Vec<LegalMove<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    blocked: Vec<BlockedMove<'a>>,
    /// What waits for a person.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gates: Vec<GateJson>,
    /// Where moves are that a refusal has no place for.
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout: Option<NextTimeout<'a>>,
    /// What is being done in the state, and ends by itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tasks: Vec<TaskJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Value>,
}

/// What was refused, and why.
#[derive(Serialize)]
pub(crate) struct Refused {
    /// The event, if one is meant.
    pub(crate) event: Option<&'static str>,
    /// The requested target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<&'static str>,
    /// The kind.
    pub(crate) kind: RejectionKind,
    /// Why.
    pub(crate) reason: String,
    /// The request that waits for a person, or was denied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) gate: Option<GateJson>,
}

impl Refused {
    /// The refusal of an event that waits for a person, or was denied. `to` is the requested state, if one is.
    pub(crate) fn waiting(request: &GateRequest, to: Option<&'static str>) -> Self {
        let (run, id) = (&request.run.name, &request.id);
        let (kind, next) = match request.denied {
            Some(_) => (
                RejectionKind::Denied,
                "do not ask for the same again, make another move".to_owned(),
            ),
            None => (
                RejectionKind::Waiting,
                format!(
                    "do not call it again, and look later with `get_current_state`; a person decides with `approve {run} \
                 {id}` or `deny {run} {id}` on the command line, or as an operator of the server"
                ),
            ),
        };
        let (event, reason) = (Some(request.event.name()), format!("{request}; {next}"));
        Self { event, to, kind, reason, gate: Some(GateJson::new(request)) }
    }
}

/// A move. `?` follows the names of arguments that may be left out.
#[derive(Serialize)]
struct LegalMove<'a> {
    event: &'static str,
    #[serde(flatten)]
    leads: Leads<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arguments: Option<&'a Map<String, Value>>,
}

#[derive(Serialize)]
struct BlockedMove<'a> {
    event: &'static str,
    #[serde(flatten)]
    leads: Leads<'a>,
    reason: String,
}

/// The timeout that comes if no other event comes before.
#[derive(Serialize)]
struct NextTimeout<'a> {
    event: &'static str,
    #[serde(flatten)]
    leads: Leads<'a>,
    at: String,
    /// How long it is until then.
    #[serde(rename = "in")]
    left: String,
}

/// Where a move leads.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Leads<'a> {
    /// To one of these states.
    To(&'a [&'static str]),
    /// Nowhere: the run stays where it is.
    Stays(bool),
}

impl<'a> Leads<'a> {
    fn to(states: &'a [&'static str]) -> Self {
        if states.is_empty() { Self::Stays(true) } else { Self::To(states) }
    }
}

impl<'a> StatusJson<'a> {
    /// The status of a run that the caller knows by the name `run`, at the time `now`.
    pub(crate) fn new(
        run: String,
        status: &RunStatus,
        moves: &'a Moves,
        now: DateTime<Utc>,
    ) -> Self {
        let leaf = status.leaf;
        let legal = status.legal.iter().filter_map(|event| {
            let leads = Leads::to(moves.of(leaf, event)?);
            Some(LegalMove { event: event.name(), leads, arguments: moves.brief(event) })
        });
        let blocked = status.blocked.iter().filter_map(|(event, reason)| {
            let (leads, reason) = (Leads::to(moves.of(leaf, event)?), limits::reason(reason));
            Some(BlockedMove { event: event.name(), leads, reason })
        });
        let timeout = status.due.map(|(at, event)| NextTimeout {
            event: event.name(),
            leads: Leads::to(moves.leads_to(leaf, event)),
            at: text::time(at),
            left: text::duration(at - now),
        });
        let data = status.data.clone().map(|mut data| {
            redact::data(status.state, &mut data);
            data
        });
        Self {
            run,
            version: status.version,
            state: status.state.wire(),
            is_final: status.state.is_final(),
            description: None,
            event: None,
            refused: None,
            replayed: false,
            parent: None,
            data,
            data_omitted: status.is_data_large.then_some("it takes more than 1 KiB as JSON"),
            legal: legal.collect(),
            blocked: blocked.collect(),
            gates: Vec::new(),
            more: None,
            timeout,
            tasks: status.tasks.iter().map(|task| TaskJson::named(task)).collect(),
            context: None,
        }
    }

    /// Adds what the state means, and the whole schemas of the arguments where no list of operations has them.
    pub(crate) fn described(mut self, status: &RunStatus, moves: &'a Moves) -> Self {
        self.description = Some(status.state.docs().trim()).filter(|docs| !docs.is_empty());
        for (legal, event) in self.legal.iter_mut().zip(moves.among(status)) {
            if legal.arguments.is_some() {
                legal.arguments = Some(moves.marked(event));
            }
        }
        self
    }

    /// Adds the context, or a part of it.
    pub(crate) fn with_context(self, context: Option<Value>) -> Self {
        Self { context, ..self }
    }

    /// Adds how far the tasks are.
    pub(crate) fn performing(self, tasks: &[TaskStatus], now: DateTime<Utc>) -> Self {
        Self { tasks: tasks.iter().map(|task| TaskJson::new(task, now)).collect(), ..self }
    }

    /// Adds what waits for a person.
    pub(crate) fn waiting(self, gates: &[GateRequest]) -> Self {
        Self { gates: gates.iter().map(GateJson::new).collect(), ..self }
    }

    /// Adds the event that was taken.
    pub(crate) fn after(self, event: &'static str) -> Self {
        Self { event: Some(event), ..self }
    }

    /// Adds the record at which the run was forked.
    pub(crate) fn forked_at(self, parent: &Parent) -> Self {
        Self { parent: Some(parent.into()), ..self }
    }

    /// Marks the answer to a request that had been recorded before.
    pub(crate) fn replayed(self, replayed: bool) -> Self {
        Self { replayed, ..self }
    }

    /// The answer after a refusal. Where it would be too large, first the arguments of the legal moves are left out, then
    /// moves.
    pub(crate) fn refuse(mut self, mut refused: Refused) -> Answer {
        refused.reason = limits::reason(&refused.reason);
        let outcome = CallOutcome::Refused(refused.kind);
        self.refused = Some(refused);
        let mut text = json(&self);
        for moves in [usize::MAX, text::NAMES, 5, 0] {
            if text.len() <= limits::REFUSAL_BYTES {
                break;
            }
            self.shorten(moves);
            text = json(&self);
        }
        Answer::refused(text, outcome)
    }

    fn shorten(&mut self, moves: usize) {
        self.more = Some("`get_current_state` has all moves with their arguments");
        self.legal.truncate(moves);
        self.blocked.truncate(moves);
        for legal in &mut self.legal {
            legal.arguments = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::api::Style;
    use crate::api::schema::Payloads;
    use crate::chart::{Chart, Clause, Event, Parameter, State, Target};
    use crate::record::RunName;

    const PAYLOAD: &[Parameter] = &[Parameter::new("what", "String", "What to do next with it.")];
    const MOVE: Event =
        Event::new("a_move_with_a_name", "", PAYLOAD, &[Clause::new(&[0], &[Target::State(0)])]);
    const CHART: Chart = Chart::new("Wide", "", 0)
        .with_states(&[State::new("Here", "HERE", "")], &[])
        .with_events(&[MOVE; 200]);

    /// The refusal of a machine with so many legal moves.
    fn check(all: usize, moves: usize, has_arguments: bool) {
        let run = RunId::new("ada".parse().expect("a name"), RunName::main());
        let (version, leaf, state) = (Version(7), 0, CHART.state(0));
        let legal = CHART.events().iter().take(all).collect();
        let (blocked, due, data) = (Vec::new(), None, None);
        let status = RunStatus {
            run,
            version,
            leaf,
            state,
            data,
            is_data_large: false,
            legal,
            blocked,
            tasks: Vec::new(),
            due,
        };
        let known = Moves::new(&CHART, &Payloads::of::<Value>(), Style::Target);
        let kind = RejectionKind::Failed;
        let reason = "\u{9b}".repeat(1 << 20);
        let refused = Refused { event: None, to: None, kind, reason, gate: None };
        let answer =
            StatusJson::new("main".to_owned(), &status, &known, Utc::now()).refuse(refused);
        assert!(answer.text().len() <= limits::REFUSAL_BYTES, "{} bytes", answer.text().len());
        let answer: Value = serde_json::from_str(answer.text()).expect("JSON");
        let shown = answer.pointer("/legal").and_then(Value::as_array).expect("a list");
        assert_eq!(shown.len(), moves, "of {all}");
        assert_eq!(answer.pointer("/legal/0/arguments").is_some(), has_arguments, "of {all}");
        assert_eq!(answer.get("more").is_none(), has_arguments, "of {all}");
    }

    #[test]
    fn a_refusal_leaves_out_what_is_too_much() {
        check(5, 5, true);
        check(45, 45, false);
        check(200, 20, false);
    }
}
