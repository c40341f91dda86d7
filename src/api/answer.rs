//! What operations answer.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::counts::CallOutcome;
use super::gate::GateJson;
use super::limits;
use super::moves::Moves;
use crate::chart::State;
use crate::record::{RunName, Version};
use crate::run::{RejectionKind, RunStatus};
use crate::runs::GateRequest;
use crate::store::Head;
use crate::text;

/// The answer to a call: an object, as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    text: String,
    outcome: CallOutcome,
}

impl Answer {
    /// The answer of an operation that did what was requested.
    pub(crate) fn done(answer: &impl Serialize) -> Self {
        Self::written(json(answer))
    }

    /// An answer that is written already.
    pub(crate) fn written(text: String) -> Self {
        Self { text, outcome: CallOutcome::Done }
    }

    /// The answer of an operation that was refused or has failed.
    pub(crate) fn refused(text: String, outcome: CallOutcome) -> Self {
        Self { text, outcome }
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

/// The state of a run, what happened to it, and what may happen next.
#[derive(Serialize)]
pub(crate) struct StatusJson<'a> {
    run: &'a RunName,
    version: Version,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    available_transitions: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<Refused>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    replayed: bool,
    legal: Vec<LegalMove<'a>>,
    blocked: Vec<BlockedMove>,
    /// What waits for a person.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gates: Vec<GateJson>,
    /// Where moves are that a refusal has no place for.
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout: Option<NextTimeout>,
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

#[derive(Serialize)]
struct LegalMove<'a> {
    event: &'static str,
    to: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arguments: Option<&'a Map<String, Value>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    required: &'a [&'static str],
}

#[derive(Serialize)]
struct BlockedMove {
    event: &'static str,
    to: Vec<&'static str>,
    reason: String,
}

/// The timeout that comes if no other event comes before.
#[derive(Serialize)]
struct NextTimeout {
    event: &'static str,
    to: Vec<&'static str>,
    at: String,
}

impl<'a> StatusJson<'a> {
    pub(crate) fn new(status: &'a RunStatus, moves: &'a Moves) -> Self {
        let leaf = status.leaf;
        let legal = status.legal.iter().filter_map(|event| {
            let (event, to) = moves.of(leaf, event)?;
            let signature = moves.signature(event);
            let (arguments, required) = (Some(signature.properties()), signature.required_names());
            Some(LegalMove { event: event.name(), to, arguments, required })
        });
        let blocked = status.blocked.iter().filter_map(|(event, reason)| {
            let (event, to) = moves.of(leaf, event)?;
            Some(BlockedMove { event: event.name(), to, reason: limits::reason(reason) })
        });
        let timeout = status.due.map(|(at, event)| {
            let to = moves.leads_to(leaf, event);
            NextTimeout { event: event.name(), to, at: text::time(at) }
        });
        Self {
            run: &status.run.name,
            version: status.version,
            state: status.state.wire(),
            description: None,
            available_transitions: None,
            event: None,
            refused: None,
            replayed: false,
            legal: legal.collect(),
            blocked: blocked.collect(),
            gates: Vec::new(),
            more: None,
            timeout,
        }
    }

    /// Adds what the state means and where it leads.
    pub(crate) fn described(mut self, state: &State) -> Self {
        let mut targets: Vec<&str> = Vec::new();
        for target in self.legal.iter().flat_map(|legal| &legal.to) {
            if !targets.contains(target) {
                targets.push(target);
            }
        }
        self.available_transitions = Some(targets);
        self.description = Some(state.docs().trim());
        self
    }

    /// Adds what waits for a person.
    pub(crate) fn waiting(self, gates: &[GateRequest]) -> Self {
        Self { gates: gates.iter().map(GateJson::new).collect(), ..self }
    }

    /// Adds the event that was taken.
    pub(crate) fn after(self, event: &'static str) -> Self {
        Self { event: Some(event), ..self }
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
            (legal.arguments, legal.required) = (None, &[]);
        }
    }
}

/// A page of a run's history.
#[derive(Serialize)]
pub(crate) struct HistoryJson<'a> {
    pub(crate) run: &'a RunName,
    pub(crate) version: Version,
    pub(crate) records: Vec<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unreplayable: Option<UnreplayableJson>,
}

/// Why a run cannot go on with this program.
#[derive(Serialize)]
pub(crate) struct UnreplayableJson {
    /// The first record that does not fit.
    pub(crate) version: Version,
    /// What is wrong, and what to do next.
    pub(crate) reason: String,
}

/// A page of the runs of a caller.
#[derive(Serialize)]
pub(crate) struct ListJson {
    pub(crate) runs: Vec<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_cursor: Option<String>,
}

/// A run in a list.
#[derive(Serialize)]
pub(crate) struct HeadJson {
    run: String,
    version: Version,
    state: String,
    time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    damaged: bool,
}

impl HeadJson {
    /// A run under the name by which the caller knows it.
    pub(crate) fn new(run: String, head: &Head) -> Self {
        Self {
            run,
            version: head.version,
            state: head.configuration.to_string(),
            time: text::time(head.time),
            due: head.due.map(text::time),
            damaged: head.is_damaged,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::api::schema::Payloads;
    use crate::chart::{Chart, Clause, Event, Parameter, State, Target};
    use crate::record::RunId;

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
        let status = RunStatus { run, version, leaf, state, legal, blocked: Vec::new(), due: None };
        let known = Moves::new(&CHART, &Payloads::of::<Value>(), true);
        let kind = RejectionKind::Failed;
        let reason = "\u{9b}".repeat(1 << 20);
        let refused = Refused { event: None, to: None, kind, reason, gate: None };
        let answer = StatusJson::new(&status, &known).refuse(refused);
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
        check(30, 30, false);
        check(200, 20, false);
    }
}
