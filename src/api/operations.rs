//! The operations of a machine: a constant list, made once.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::error::OperationsError;
use super::moves::Moves;
use super::schema::{Payloads, Signature};
use crate::chart::{Chart, Clause, Event, Query, State, Target};
use crate::portable::Portable;
use crate::record::RunName;

/// The number of records or runs of a page, if the caller states none.
pub(crate) const PAGE: usize = 20;
/// The maximum number of records or runs of a page.
pub(crate) const LARGEST_PAGE: usize = 200;

/// How a caller changes the state of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Style {
    /// With one operation for each event.
    #[default]
    Events,
    /// With the operation `transition_state`, which takes the target. Events that never leave their state stay
    /// operations of their own.
    Target,
}

/// What can be requested of a run, or of all runs of a caller.
#[derive(Debug)]
pub struct Operation {
    name: &'static str,
    docs: String,
    signature: Signature,
    action: Action,
}

/// What an operation does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Action {
    StartRun,
    ListRuns,
    CurrentState,
    History,
    Transition,
    Event(&'static Event),
    Query(&'static Query),
}

impl Operation {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What it does, in a few sentences.
    #[must_use]
    pub fn docs(&self) -> &str {
        &self.docs
    }

    /// The JSON Schema of its arguments, an object.
    #[must_use]
    pub fn schema(&self) -> Map<String, Value> {
        self.signature.to_schema()
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        !matches!(self.action, Action::StartRun | Action::Transition | Action::Event(_))
    }

    /// Whether it is about one run.
    #[must_use]
    pub fn is_of_one_run(&self) -> bool {
        !matches!(self.action, Action::ListRuns)
    }

    pub(crate) fn signature(&self) -> &Signature {
        &self.signature
    }

    pub(crate) fn action(&self) -> Action {
        self.action
    }
}

/// All operations of the machine `M`, in a fixed order.
pub(crate) fn operations<M: Portable>(
    moves: &Moves,
    default_run: &RunName,
    style: Style,
) -> Result<Vec<Operation>, OperationsError> {
    let chart = moves.chart();
    let mut list = List {
        run: json!({"type": "string", "description": format!("default `{default_run}`")}),
        operations: Vec::new(),
    };
    list.of_every_machine();
    if style == Style::Target {
        moves.check_targets()?;
        list.transition(chart);
    }
    for event in chart.events() {
        let is_timeout = event.clauses().iter().all(|clause| clause.after().is_some());
        if !is_timeout && (style == Style::Events || event.is_internal()) {
            list.event(moves, event);
        }
    }
    let queries = Payloads::of::<M::Query>();
    for query in chart.queries() {
        list.query(chart, query, queries.signature(query.name(), query.parameters()));
    }
    let List { operations, .. } = list;
    let mut names = HashSet::new();
    match operations.iter().find(|operation| !names.insert(operation.name)) {
        Some(second) => Err(OperationsError::SameName(second.name)),
        None => Ok(operations),
    }
}

/// The operations so far.
struct List {
    /// The schema of the argument `run`.
    run: Value,
    operations: Vec<Operation>,
}

impl List {
    fn of_every_machine(&mut self) {
        let page = |signature: Signature| {
            let limit =
                json!({"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE});
            let cursor =
                json!({"type": "string", "description": "the `next_cursor` of the page before"});
            signature.optional("limit", limit).optional("cursor", cursor)
        };
        let run = Signature::default().optional("run", self.run.clone());
        let docs = "Start a run. Runs are independent of each other.";
        let signature = run.clone().optional("request_key", request_key());
        self.add("start_run", docs, Action::StartRun, signature);
        self.add(
            "list_runs",
            "List the runs that you may see.",
            Action::ListRuns,
            page(Signature::default()),
        );
        let docs = "Get the state of a run and the legal moves.";
        self.add("get_current_state", docs, Action::CurrentState, run.clone());
        let docs = "Get the records of a run, oldest first.";
        self.add("get_history", docs, Action::History, page(run));
    }

    fn transition(&mut self, chart: &'static Chart) {
        let names: Vec<_> = chart.states().iter().map(State::wire).collect();
        let state = json!({"type": "string", "description": names.join(", ")});
        let payload = "the arguments of the move, as in `legal`";
        let signature = Signature::default()
            .required("new_state", state)
            .optional("arguments", json!({"type": "object", "description": payload}));
        let signature =
            if chart.has_sensitive() { signature.sensitive("arguments") } else { signature };
        let docs = "Go to another state. The answer lists the `legal` moves from there.";
        self.change("transition_state", docs, Action::Transition, signature);
    }

    fn event(&mut self, moves: &Moves, event: &'static Event) {
        let (chart, signature) = (moves.chart(), moves.signature(event).clone());
        let mut docs = vec![event.docs().trim().to_owned()];
        let clauses = event.clauses().iter().filter(|clause| clause.after().is_none());
        if !moves.is_everywhere(event) {
            docs.extend(clauses.map(|clause| path(chart, clause)));
        }
        self.change(event.name(), docs.join("\n"), Action::Event(event), signature);
    }

    fn query(&mut self, chart: &'static Chart, query: &'static Query, signature: Signature) {
        let docs = query.docs().trim();
        let docs = match query.about() {
            Some(state) => format!("{docs}\nOnly in {}.", chart.state(state).wire()),
            None => docs.to_owned(),
        };
        let signature = signature.optional("run", self.run.clone());
        self.add(query.name(), docs, Action::Query(query), signature);
    }

    /// Adds an operation that changes a run.
    fn change(
        &mut self,
        name: &'static str,
        docs: impl Into<String>,
        action: Action,
        signature: Signature,
    ) {
        let version = json!({"type": "integer", "minimum": 0, "description": "refused if the run is at another"});
        let signature = signature
            .optional("run", self.run.clone())
            .optional("expected_version", version)
            .optional("request_key", request_key());
        self.add(name, docs, action, signature);
    }

    fn add(
        &mut self,
        name: &'static str,
        docs: impl Into<String>,
        action: Action,
        signature: Signature,
    ) {
        self.operations.push(Operation { name, docs: docs.into(), signature, action });
    }
}

fn request_key() -> Value {
    json!({"type": "string", "description": "makes a repeated call apply once"})
}

/// From where to where a clause leads.
fn path(chart: &'static Chart, clause: &Clause) -> String {
    let wire = |node: u16| chart.state(node).wire();
    let from: Vec<_> = clause.from().iter().copied().map(wire).collect();
    let to = clause.to().iter().map(|target| match target {
        Target::State(node) | Target::History(node) => wire(*node),
    });
    let (from, to) = (from.join(", "), to.collect::<Vec<_>>().join(" or "));
    let path = if to.is_empty() { format!("In {from}.") } else { format!("From {from} to {to}.") };
    format!("{} {path}", clause.docs()).trim().to_owned()
}
