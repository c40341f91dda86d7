//! The operations of a machine: a constant list, made once.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::error::OperationsError;
use super::moves::Moves;
use super::schema::{Payloads, Signature};
use super::style::Style;
use super::words;
use crate::chart::{Chart, Event, Query, State};
use crate::portable::Portable;
use crate::record::RunName;

/// The number of records or runs of a page, if the caller states none.
pub(crate) const PAGE: usize = 20;
/// The maximum number of records or runs of a page.
pub(crate) const LARGEST_PAGE: usize = 200;

/// What can be requested of a run, or of all runs of a caller.
#[derive(Debug)]
pub struct Operation {
    name: &'static str,
    docs: String,
    signature: Signature,
    action: Action,
    is_destructive: bool,
}

/// What an operation does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Action {
    StartRun,
    ForkRun,
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
        !matches!(
            self.action,
            Action::StartRun | Action::ForkRun | Action::Transition | Action::Event(_)
        )
    }

    /// Whether it may lead to a state from which no moves lead back, such as a final one.
    #[must_use]
    pub fn is_destructive(&self) -> bool {
        self.is_destructive
    }

    /// The name for people.
    #[must_use]
    pub fn title(&self) -> String {
        words::title(self.name)
    }

    /// The JSON Schema of its answer, an object. A refusal has other members beside or instead of these.
    #[must_use]
    pub fn answer_schema(&self) -> Map<String, Value> {
        let (text, number) = (json!({"type": "string"}), json!({"type": "integer"}));
        let list = json!({"type": "array"});
        let signature = Signature::default();
        let signature = match self.action {
            Action::ListRuns => signature.optional("runs", list).optional("next_cursor", text),
            Action::History => signature
                .optional("run", text.clone())
                .optional("version", number)
                .optional("records", list)
                .optional("next_cursor", text),
            Action::Query(_) => signature
                .optional("run", text)
                .optional("version", number)
                .optional("value", json!({})),
            Action::StartRun
            | Action::ForkRun
            | Action::CurrentState
            | Action::Transition
            | Action::Event(_) => signature
                .optional("run", text.clone())
                .optional("version", number)
                .optional("state", text)
                .optional("legal", list),
        };
        signature.to_open_schema()
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
        default_run: default_run.to_string(),
        operations: Vec::new(),
    };
    list.of_every_machine(chart, Payloads::of::<M::Input>().signature("start", chart.inputs()));
    if style == Style::Target {
        moves.check_targets()?;
        list.transition(chart);
        let mut events = chart.events().iter();
        list.mark(events.any(|event| words::is_destructive(moves, event)));
    }
    for event in chart.events() {
        if chart.has_move(event) && (style == Style::Events || event.is_internal()) {
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
    default_run: String,
    operations: Vec<Operation>,
}

impl List {
    fn of_every_machine(&mut self, chart: &'static Chart, inputs: Signature) {
        let page = |signature: Signature| {
            let limit =
                json!({"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE});
            let cursor =
                json!({"type": "string", "description": "the `next_cursor` of the page before"});
            signature.optional("limit", limit).optional("cursor", cursor)
        };
        let run = Signature::default().optional("run", self.run.clone());
        let docs = "Start a run under a name that does not exist yet.";
        let docs = if chart.requires_input() {
            docs.to_owned()
        } else {
            format!("{docs} `{}` needs no start.", self.default_run)
        };
        let signature =
            inputs.optional("run", self.run.clone()).optional("request_key", request_key());
        self.add("start_run", docs, Action::StartRun, signature);
        let docs = "Start the run `name` where another one is, or was. That one stays as it is.";
        let version = json!({"type": "integer", "minimum": 0});
        let name = json!({"type": "string", "pattern": r"^[\w.-]{1,64}$"});
        let signature = run
            .clone()
            .required("name", name)
            .optional("at_version", version)
            .optional("request_key", request_key());
        self.add("fork_run", docs, Action::ForkRun, signature);
        self.add(
            "list_runs",
            "List the runs that you may see.",
            Action::ListRuns,
            page(Signature::default()),
        );
        let docs =
            "Get the state of a run and the legal moves: where each leads, or that it `stays`.";
        let context = json!({
            "type": ["boolean", "string"],
            "description": "true for the whole context, or a JSON Pointer into it, such as `/items/0`",
        });
        let signature = run.clone().optional("context", context);
        self.add("get_current_state", docs, Action::CurrentState, signature);
        let docs = "Get the records of a run, page by page.";
        let signature = page(run)
            .optional("order", json!({"type": "string", "enum": ["oldest", "newest"], "default": "oldest"}))
            .optional("event", json!({"type": "string", "description": "only the records of this event"}))
            .optional("arguments", json!({"type": "boolean", "default": true, "description": "false leaves out what the events carried"}));
        self.add("get_history", docs, Action::History, signature);
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
        let docs = if chart.has_gates() {
            "Go to another state. The answer lists the `legal` moves from there. Where a person decides, the call asks."
        } else {
            "Go to another state. The answer lists the `legal` moves from there."
        };
        self.change("transition_state", docs, Action::Transition, signature);
    }

    fn event(&mut self, moves: &Moves, event: &'static Event) {
        let (docs, signature) = (words::event(moves, event), moves.signature(event).clone());
        self.change(event.name(), docs, Action::Event(event), signature);
        self.mark(words::is_destructive(moves, event));
    }

    fn query(&mut self, chart: &'static Chart, query: &'static Query, signature: Signature) {
        let own = query.docs().trim();
        let docs = if own.is_empty() {
            format!("{}.", words::title(query.name()))
        } else {
            own.to_owned()
        };
        let docs = match query.about() {
            Some(state) => format!("{docs}\nOnly in {}.", chart.state(state).wire()),
            None => docs,
        };
        let signature = signature.optional("run", self.run.clone());
        self.add(query.name(), docs, Action::Query(query), signature);
    }

    /// Says whether the last operation is destructive.
    fn mark(&mut self, is_destructive: bool) {
        if let Some(last) = self.operations.last_mut() {
            last.is_destructive = is_destructive;
        }
    }

    /// Adds an operation that changes a run.
    fn change(
        &mut self,
        name: &'static str,
        docs: impl Into<String>,
        action: Action,
        signature: Signature,
    ) {
        let version =
            json!({"type": "integer", "minimum": 0, "description": "refused at any other"});
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
        self.operations.push(Operation {
            name,
            docs: docs.into(),
            signature,
            action,
            is_destructive: false,
        });
    }
}

fn request_key() -> Value {
    json!({"type": "string", "description": "makes a repeat apply once"})
}
