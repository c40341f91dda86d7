//! A chart as JSON, to keep and to compare with later ones.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::span::Span;
use super::{Chart, Clause, Parameter, State, Target, Task, Trail};

/// A chart as JSON. States are named as on the wire, and everything is in the order of the declaration.
///
/// ```
/// use leverframe::{Machine, Portable};
/// use leverframe::chart::{ChartDiff, Document};
/// # #[leverframe::machine(serde)]
/// # pub mod lamp {
/// #     #[state(initial)] pub struct Off;
/// #     #[state] pub struct On;
/// #     #[transition(from = Off)] fn press() -> On { On }
/// #     #[transition(from = On)] fn release() -> Off { Off }
/// # }
/// # use lamp::Lamp;
///
/// // What `chart --format json` printed for an earlier version of the machine.
/// # let kept = serde_json::to_string(&Document::of(Lamp::CHART))?;
/// let kept: Document = serde_json::from_str(&kept)?;
/// let diff = ChartDiff::new(&kept, Lamp::CHART, Lamp::UPGRADES);
/// assert!(diff.replays(), "{diff}");
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Document {
    /// The machine's name, as in Rust.
    pub machine: String,
    /// The version of the machine.
    pub version: u32,
    /// The documentation.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub docs: String,
    /// The leaf in which a new machine is.
    pub initial: String,
    /// The leaves.
    pub states: Vec<StateDocument>,
    /// The superstates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub superstates: Vec<StateDocument>,
    /// The events.
    pub events: Vec<EventDocument>,
    /// The queries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub queries: Vec<QuestionDocument>,
    /// The prompts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prompts: Vec<QuestionDocument>,
    /// The tasks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<TaskDocument>,
    /// What a run is started with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<ParameterDocument>,
    /// The run that the document marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trail: Option<TrailDocument>,
}

/// A leaf or a superstate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct StateDocument {
    /// The name on the wire.
    pub name: String,
    /// The documentation.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub docs: String,
    /// The superstate around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// For a superstate, the leaf to which its history leads while no leaf inside was left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Whether a machine in this state has ended.
    #[serde(default, rename = "final", skip_serializing_if = "is_false")]
    pub is_final: bool,
}

/// An event, with all of its clauses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct EventDocument {
    /// The name.
    pub name: String,
    /// The documentation.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub docs: String,
    /// The payload.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payload: Vec<ParameterDocument>,
    /// What the event does, by source.
    pub clauses: Vec<ClauseDocument>,
}

/// What one event does in some of the states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct ClauseDocument {
    /// What the clause's own documentation adds to that of the event.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub docs: String,
    /// The states and superstates in which the clause holds.
    pub from: Vec<String>,
    /// The targets; none for an internal transition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    /// The superstate whose last leaf is the target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<String>,
    /// The names of the guards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<String>,
    /// Whether the handler may fail.
    #[serde(default, skip_serializing_if = "is_false")]
    pub fallible: bool,
    /// How many people have to approve.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub approvals: u8,
    /// For a timeout, how long after the entry of its source it falls due, as a person writes it: `14d`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The same in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_ms: Option<u64>,
}

/// A query or a prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct QuestionDocument {
    /// The name.
    pub name: String,
    /// The documentation.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub docs: String,
    /// The arguments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<ParameterDocument>,
    /// The leaf whose data it reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The states and superstates that a prompt is for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<String>,
}

/// One value of a payload, or one argument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct ParameterDocument {
    /// The name.
    pub name: String,
    /// The type as it is written in the declaration.
    #[serde(rename = "type")]
    pub ty: String,
    /// The documentation.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub docs: String,
    /// Whether the wire form may leave it out.
    #[serde(default, skip_serializing_if = "is_false")]
    pub optional: bool,
    /// Whether its value is shown nowhere.
    #[serde(default, skip_serializing_if = "is_false")]
    pub sensitive: bool,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct TaskDocument {
    /// The name.
    pub name: String,
    /// The documentation.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub docs: String,
    /// The state or superstate whose entry starts it.
    pub state: String,
    /// The events that may end it.
    pub outcomes: Vec<String>,
    /// The event that ends it when its attempts are used up.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub failure: String,
    /// The maximum number of attempts.
    #[serde(default)]
    pub attempts: u32,
    /// The time before the second attempt, as a person writes it: `2s`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub backoff: String,
    /// The longest time that an attempt may take, as a person writes it: `5m`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub limit: String,
}

/// What a document marks of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct TrailDocument {
    /// The leaf in which the run is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<String>,
    /// The events that it accepted, oldest first.
    pub taken: Vec<StepDocument>,
}

/// One accepted event of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct StepDocument {
    /// The leaf in which it was accepted.
    pub from: String,
    /// The event.
    pub event: String,
    /// The leaf after it.
    pub to: String,
}

impl Document {
    /// The chart as JSON.
    #[must_use]
    pub fn of(chart: &Chart) -> Self {
        let wires = |states: &[u16]| states.iter().map(|state| wire(chart, *state)).collect();
        Self {
            machine: chart.name().to_owned(),
            version: chart.version(),
            docs: chart.docs().to_owned(),
            initial: chart.initial().wire().to_owned(),
            states: chart.states().iter().map(|state| self::state(chart, state)).collect(),
            superstates: chart
                .superstates()
                .iter()
                .map(|state| self::state(chart, state))
                .collect(),
            events: chart
                .events()
                .iter()
                .map(|event| EventDocument {
                    name: event.name().to_owned(),
                    docs: event.docs().to_owned(),
                    payload: event.payload().iter().map(parameter).collect(),
                    clauses: event
                        .clauses()
                        .iter()
                        .map(|clause| self::clause(chart, clause))
                        .collect(),
                })
                .collect(),
            queries: chart
                .queries()
                .iter()
                .map(|query| QuestionDocument {
                    name: query.name().to_owned(),
                    docs: query.docs().to_owned(),
                    parameters: query.parameters().iter().map(parameter).collect(),
                    about: query.about().map(|state| wire(chart, state)),
                    states: Vec::new(),
                })
                .collect(),
            prompts: chart
                .prompts()
                .iter()
                .map(|prompt| QuestionDocument {
                    name: prompt.name().to_owned(),
                    docs: prompt.docs().to_owned(),
                    parameters: prompt.parameters().iter().map(parameter).collect(),
                    about: prompt.about().map(|state| wire(chart, state)),
                    states: wires(prompt.states()),
                })
                .collect(),
            tasks: chart.tasks().iter().map(|task| self::task(chart, task)).collect(),
            inputs: chart.inputs().iter().map(parameter).collect(),
            trail: None,
        }
    }

    /// The JSON Schema of documents, which the repository has as `docs/chart.schema.json`.
    #[must_use]
    pub fn schema() -> schemars::Schema {
        let mut schema = schemars::schema_for!(Self);
        schema.insert("$id".to_owned(), "urn:leverframe:chart.schema.json".into());
        schema.insert("title".to_owned(), "A chart of Leverframe".into());
        schema
    }

    /// Marks a run: its present state and the events that it accepted.
    #[must_use]
    pub fn with_trail<'t>(self, chart: &Chart, trail: impl Into<Option<&'t Trail>>) -> Self {
        let trail = trail.into().map(|trail| TrailDocument {
            present: trail.present.map(|leaf| wire(chart, leaf)),
            taken: trail
                .taken
                .iter()
                .map(|step| StepDocument {
                    from: wire(chart, step.from),
                    event: chart.event_name(step.event).to_owned(),
                    to: wire(chart, step.to),
                })
                .collect(),
        });
        Self { trail, ..self }
    }
}

fn task(chart: &Chart, task: &Task) -> TaskDocument {
    let name = |event: u16| chart.event_name(event).to_owned();
    TaskDocument {
        name: task.name().to_owned(),
        docs: task.docs().to_owned(),
        state: wire(chart, task.state()),
        outcomes: task.outcomes().iter().map(|event| name(*event)).collect(),
        failure: name(task.failure()),
        attempts: task.attempts(),
        backoff: Span(task.backoff()).to_string(),
        limit: Span(task.limit()).to_string(),
    }
}

fn state(chart: &Chart, state: &State) -> StateDocument {
    StateDocument {
        name: state.wire().to_owned(),
        docs: state.docs().to_owned(),
        parent: state.parent().map(|parent| wire(chart, parent)),
        default: state.default_leaf().map(|leaf| wire(chart, leaf)),
        is_final: state.is_final(),
    }
}

fn clause(chart: &Chart, clause: &Clause) -> ClauseDocument {
    let (mut to, mut history) = (Vec::new(), None);
    for target in clause.to() {
        match target {
            Target::State(state) => to.push(wire(chart, *state)),
            Target::History(superstate) => history = Some(wire(chart, *superstate)),
        }
    }
    let after = clause.after().map(|after| u64::try_from(after.as_millis()).unwrap_or(u64::MAX));
    ClauseDocument {
        docs: clause.docs().to_owned(),
        from: clause.from().iter().map(|state| wire(chart, *state)).collect(),
        to,
        history,
        guards: clause.guards().iter().map(|guard| (*guard).to_owned()).collect(),
        fallible: clause.is_fallible(),
        approvals: clause.approvals(),
        after: clause.after().map(|after| Span(after).to_string()),
        after_ms: after,
    }
}

fn parameter(parameter: &Parameter) -> ParameterDocument {
    ParameterDocument {
        name: parameter.name().to_owned(),
        ty: parameter.ty().to_owned(),
        docs: parameter.docs().to_owned(),
        optional: parameter.is_optional(),
        sensitive: parameter.is_sensitive(),
    }
}

fn wire(chart: &Chart, state: u16) -> String {
    chart.state(state).wire().to_owned()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it by reference")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it by reference")]
fn is_zero(number: &u8) -> bool {
    *number == 0
}
