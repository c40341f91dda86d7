//! The tools of a machine: a constant list, made once.

use std::borrow::Cow;
use std::collections::HashSet;

use rmcp::model::{Tool, ToolAnnotations};
use serde_json::{Value, json};

use super::BuildError;
use super::moves::Moves;
use super::nearest::hint;
use super::schema::{Payloads, Signature};
use crate::chart::{Chart, Clause, Event, Query, State, Target};
use crate::portable::Portable;
use crate::record::RunName;

/// The records or runs that a page has where the caller says nothing.
pub(crate) const PAGE: usize = 20;
/// The most that a page has.
pub(crate) const LARGEST_PAGE: usize = 200;

/// How a caller changes the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Style {
    /// By one tool for each event.
    #[default]
    Events,
    /// By the tool `transition_state`, which takes the state to go to.
    Target,
}

/// All tools of a machine.
#[derive(Debug)]
pub(crate) struct Catalogue {
    entries: Vec<Entry>,
}

/// A tool, and what it does.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) tool: Tool,
    pub(crate) signature: Signature,
    pub(crate) action: Action,
}

/// What a tool does.
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

impl Catalogue {
    pub(crate) fn of<M: Portable>(
        moves: &Moves,
        unnamed: &RunName,
        style: Style,
    ) -> Result<Self, BuildError> {
        let chart = moves.chart();
        let mut make = Maker {
            run: json!({"type": "string", "description": format!("default `{unnamed}`")}),
            entries: Vec::new(),
        };
        make.of_every_machine();
        if style == Style::Target {
            moves.told_apart_by_target()?;
            make.transition(chart);
        }
        for event in chart.events() {
            let is_timeout = event.clauses().iter().all(|clause| clause.after().is_some());
            if !is_timeout && (style == Style::Events || event.is_internal()) {
                make.event(moves, event);
            }
        }
        let queries = Payloads::of::<M::Query>();
        for query in chart.queries() {
            make.query(chart, query, queries.signature(query.name(), query.parameters()));
        }
        let Maker { entries, .. } = make;
        let mut names = HashSet::new();
        match entries.iter().find(|entry| !names.insert(&entry.tool.name)) {
            Some(twice) => Err(BuildError::TwoTools(twice.tool.name.to_string())),
            None => Ok(Self { entries }),
        }
    }

    /// The tool with this name.
    pub(crate) fn find(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tool.name == name)
    }

    /// All tools, in a fixed order.
    pub(crate) fn tools(&self) -> impl Iterator<Item = &Tool> + Clone {
        self.entries.iter().map(|entry| &entry.tool)
    }
}

/// What to say about a tool that there is not.
pub(crate) fn unknown<'a>(name: &str, tools: impl Iterator<Item = &'a Tool> + Clone) -> String {
    format!("no tool is named `{name}`; {}", hint(name, tools.map(|tool| tool.name.as_ref())))
}

struct Maker {
    run: Value,
    entries: Vec<Entry>,
}

impl Maker {
    fn of_every_machine(&mut self) {
        let page = |signature: Signature| {
            let limit =
                json!({"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE});
            let cursor =
                json!({"type": "string", "description": "the `next_cursor` of the page before"});
            signature.optional("limit", limit).optional("cursor", cursor)
        };
        let run = Signature::default().optional("run", self.run.clone());
        let started = "Start a run. Runs stand side by side and do not disturb each other.";
        let signature = run.clone().optional("request_key", request_key());
        self.add("start_run", started, Action::StartRun, signature);
        self.add(
            "list_runs",
            "The runs that were started.",
            Action::ListRuns,
            page(Signature::default()),
        );
        let state = "The state of a run, and what may happen next.";
        self.add("get_current_state", state, Action::CurrentState, run.clone());
        let history = "All that happened in a run, oldest first.";
        self.add("get_history", history, Action::History, page(run));
    }

    fn transition(&mut self, chart: &'static Chart) {
        let names: Vec<_> = chart.states().iter().map(State::wire).collect();
        let state = json!({"type": "string", "description": names.join(", ")});
        let payload = "what the move takes, as `legal` tells";
        let signature = Signature::default()
            .required("new_state", state)
            .optional("arguments", json!({"type": "object", "description": payload}));
        let docs = "Go to another state. The answer tells which moves are `legal` next.";
        self.change("transition_state", docs.into(), Action::Transition, signature);
    }

    fn event(&mut self, moves: &Moves, event: &'static Event) {
        let (chart, signature) = (moves.chart(), moves.signature(event).clone());
        let mut docs = vec![event.docs().trim().to_owned()];
        let clauses = event.clauses().iter().filter(|clause| clause.after().is_none());
        if !moves.is_everywhere(event) {
            docs.extend(clauses.map(|clause| way(chart, clause)));
        }
        let docs = docs.join("\n");
        self.change(event.name(), docs.into(), Action::Event(event), signature);
    }

    fn query(&mut self, chart: &'static Chart, query: &'static Query, signature: Signature) {
        let docs = query.docs().trim();
        let docs = match query.about() {
            Some(state) => format!("{docs}\nIn {} alone.", chart.state(state).wire()),
            None => docs.to_owned(),
        };
        let signature = signature.optional("run", self.run.clone());
        self.add(query.name(), docs, Action::Query(query), signature);
    }

    fn change(
        &mut self,
        name: &'static str,
        docs: Cow<'static, str>,
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
        docs: impl Into<Cow<'static, str>>,
        action: Action,
        signature: Signature,
    ) {
        let annotations = ToolAnnotations::new().open_world(false);
        let annotations = match action {
            Action::StartRun | Action::Transition | Action::Event(_) => {
                annotations.destructive(false)
            }
            _ => annotations.read_only(true),
        };
        let tool = Tool::new(name, docs, signature.to_schema()).with_annotations(annotations);
        self.entries.push(Entry { tool, signature, action });
    }
}

/// The name that a caller may give to a call.
fn request_key() -> Value {
    json!({"type": "string", "description": "makes a repeated call apply once"})
}

/// Where a clause leads from where.
fn way(chart: &'static Chart, clause: &Clause) -> String {
    let wire = |number: u16| chart.state(number).wire();
    let from: Vec<_> = clause.from().iter().copied().map(wire).collect();
    let to = clause.to().iter().map(|target| match target {
        Target::State(number) | Target::History(number) => wire(*number),
    });
    let (from, to) = (from.join(", "), to.collect::<Vec<_>>().join(" or "));
    let way = if to.is_empty() { format!("In {from}.") } else { format!("From {from} to {to}.") };
    format!("{} {way}", clause.docs()).trim().to_owned()
}
