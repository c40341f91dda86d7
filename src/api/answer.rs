//! The JSON of what tools answer.

use chrono::{DateTime, SecondsFormat, Utc};
use rmcp::model::{CallToolResult, ContentBlock};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::arguments::Problem;
use super::moves::Moves;
use super::schema::Signature;
use crate::chart::State;
use crate::record::{Entry, Principal, Record, RunName, Version};
use crate::run::{Kind, Situation};
use crate::store::Head;

/// The state of a run, what happened to it, and what may happen next.
#[derive(Serialize)]
pub(crate) struct Status<'a> {
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
    legal: Vec<Move<'a>>,
    blocked: Vec<Blocked<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout: Option<Timeout>,
}

/// What was refused.
#[derive(Serialize)]
pub(crate) struct Refused {
    /// The event, where one is meant.
    pub(crate) event: Option<&'static str>,
    /// The state that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<&'static str>,
    /// Which kind of refusal it is.
    pub(crate) kind: Kind,
    /// Why.
    pub(crate) reason: String,
}

#[derive(Serialize)]
struct Move<'a> {
    event: &'static str,
    to: Vec<&'static str>,
    arguments: &'a Map<String, Value>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    required: &'a [&'static str],
}

#[derive(Serialize)]
struct Blocked<'a> {
    event: &'static str,
    to: Vec<&'static str>,
    reason: &'a str,
}

/// What comes by itself, where nothing comes before.
#[derive(Serialize)]
struct Timeout {
    event: &'static str,
    to: Vec<&'static str>,
    at: String,
}

impl<'a> Status<'a> {
    /// What a run is like.
    pub(crate) fn new(situation: &'a Situation, moves: &'a Moves) -> Self {
        let Situation { run, version, number, state, legal, blocked, due } = situation;
        let legal = legal.iter().filter_map(|event| {
            let (event, to) = moves.of(*number, event)?;
            let signature = moves.signature(event);
            Some(Move {
                event: event.name(),
                to,
                arguments: signature.properties(),
                required: signature.needed(),
            })
        });
        let blocked = blocked.iter().filter_map(|(event, reason)| {
            moves.of(*number, event).map(|(event, to)| Blocked { event: event.name(), to, reason })
        });
        let timeout = due.map(|(at, event)| {
            let to = moves.leads_to(*number, event);
            Timeout { event: event.name(), to, at: time(at) }
        });
        Self {
            run,
            version: *version,
            state: state.wire(),
            description: None,
            available_transitions: None,
            event: None,
            refused: None,
            replayed: false,
            legal: legal.collect(),
            blocked: blocked.collect(),
            timeout,
        }
    }

    /// With what the state means and where it leads, for a caller who asks for the state.
    pub(crate) fn described(mut self, state: &State) -> Self {
        let mut targets: Vec<_> = self.legal.iter().flat_map(|legal| legal.to.clone()).collect();
        let mut seen = std::collections::HashSet::new();
        targets.retain(|target| seen.insert(*target));
        self.available_transitions = Some(targets);
        self.description = Some(state.docs().trim());
        self
    }

    /// After an event.
    pub(crate) fn after(self, event: &'static str) -> Self {
        Self { event: Some(event), ..self }
    }

    /// After a request that was answered before.
    pub(crate) fn replayed(self, replayed: bool) -> Self {
        Self { replayed, ..self }
    }

    /// After a refusal.
    pub(crate) fn refusing(self, refused: Refused) -> Self {
        Self { refused: Some(refused), ..self }
    }

    /// As the answer of a tool: an error where something was refused.
    pub(crate) fn into_result(self) -> CallToolResult {
        if self.refused.is_some() { error(&self) } else { success(&self) }
    }
}

/// The answer to a query.
#[derive(Serialize)]
pub(crate) struct Answered<'a> {
    pub(crate) run: &'a RunName,
    pub(crate) version: Version,
    pub(crate) value: Value,
}

/// What could not be done, and why, without a change of the run.
#[derive(Serialize)]
pub(crate) struct Failure<'a> {
    pub(crate) run: &'a RunName,
    pub(crate) failed: Failed<'a>,
}

#[derive(Serialize)]
pub(crate) struct Failed<'a> {
    pub(crate) tool: &'a str,
    pub(crate) reason: String,
}

/// Arguments that a tool does not take.
#[derive(Serialize)]
pub(crate) struct Invalid<'a> {
    tool: &'a str,
    #[serde(rename = "invalid")]
    problems: &'a [Problem],
    #[serde(skip_serializing_if = "Option::is_none")]
    runs: Option<&'a [RunName]>,
    arguments: &'a Map<String, Value>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    required: &'a [&'static str],
}

impl<'a> Invalid<'a> {
    pub(crate) fn new(tool: &'a str, problems: &'a [Problem], signature: &'a Signature) -> Self {
        let (arguments, required) = (signature.properties(), signature.needed());
        Self { tool, problems, runs: None, arguments, required }
    }

    /// With the runs that there are.
    pub(crate) fn among(self, runs: &'a [RunName]) -> Self {
        Self { runs: Some(runs), ..self }
    }
}

/// A page of a history.
#[derive(Serialize)]
pub(crate) struct History {
    pub(crate) run: RunName,
    pub(crate) version: Version,
    pub(crate) records: Vec<Recorded>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_cursor: Option<String>,
}

/// A record, with its payload as JSON.
#[derive(Serialize)]
pub(crate) struct Recorded {
    version: Version,
    time: String,
    actor: Principal,
    #[serde(flatten)]
    what: What,
}

#[derive(Serialize)]
#[serde(untagged)]
enum What {
    Started { machine: String, state: String, context: Value },
    Applied { event: String, arguments: Value, from: String, to: String, internal: bool },
}

impl From<Record> for Recorded {
    fn from(record: Record) -> Self {
        let json = |raw: &RawValue| serde_json::from_str(raw.get()).unwrap_or_default();
        let what = match record.entry {
            Entry::Started { machine, state, context, .. } => What::Started {
                machine: machine.into_owned(),
                state: state.into_owned(),
                context: json(&context),
            },
            Entry::Applied { event, from, to, internal } => {
                let (event, arguments) = match json(&event) {
                    Value::Object(event) => event.into_iter().next().unwrap_or_default(),
                    other => (other.as_str().unwrap_or_default().to_owned(), Value::Null),
                };
                let (from, to) = (from.into_owned(), to.into_owned());
                What::Applied { event, arguments, from, to, internal }
            }
        };
        Self { version: record.version, time: time(record.time), actor: record.actor, what }
    }
}

fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A page of the runs that there are.
#[derive(Serialize)]
pub(crate) struct List<'a> {
    pub(crate) runs: Vec<Listed<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_cursor: Option<&'a RunName>,
}

#[derive(Serialize)]
pub(crate) struct Listed<'a> {
    run: &'a RunName,
    version: Version,
    state: &'a str,
    time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
}

impl<'a> From<&'a Head> for Listed<'a> {
    fn from(head: &'a Head) -> Self {
        let Head { run, version, state, time, due } = head;
        let (time, due) = (self::time(*time), due.map(self::time));
        Self { run, version: *version, state, time, due }
    }
}

/// A tool's answer: structured, and the same as text.
pub(crate) fn success(answer: &impl Serialize) -> CallToolResult {
    result(answer, CallToolResult::success)
}

/// A tool's answer that tells of an error.
pub(crate) fn error(answer: &impl Serialize) -> CallToolResult {
    result(answer, CallToolResult::error)
}

fn result(
    answer: &impl Serialize,
    make: impl FnOnce(Vec<ContentBlock>) -> CallToolResult,
) -> CallToolResult {
    let text = text(answer);
    let mut result = make(vec![ContentBlock::text(text)]);
    result.structured_content = serde_json::to_value(answer).ok();
    result
}

/// An answer as text.
pub(crate) fn text(answer: &impl Serialize) -> String {
    serde_json::to_string(answer).expect("an answer has only keys that are texts")
}
