//! A state machine as it is declared, and what of it is drawn.

mod description;
mod label;

use core::time::Duration;

pub use self::description::DescriptionError;
use crate::graph::{Edge, EdgeKind, Graph, Line, Node, NodeKind, Style};

/// A state machine. States, superstates included, refer to each other by their places in the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statechart {
    /// The machine's name.
    pub name: String,
    /// Its states and superstates.
    pub states: Vec<State>,
    /// The place of the state in which it starts.
    pub initial: usize,
    /// Its transitions.
    pub transitions: Vec<Transition>,
    /// Its tasks.
    pub tasks: Vec<Task>,
    /// The place of the state in which a run is.
    pub present: Option<usize>,
    /// What the run has done.
    pub taken: Vec<Step>,
}

/// A state or superstate.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State {
    /// Its name.
    pub name: String,
    /// Its documentation, or the empty string.
    pub docs: String,
    /// The place of the superstate around it.
    pub parent: Option<usize>,
    /// Whether it has states inside.
    pub is_superstate: bool,
    /// Whether the machine ends there.
    pub is_final: bool,
}

/// What an event does in some states.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Transition {
    /// The event's name.
    pub event: String,
    /// What the event is for, or the empty string.
    pub docs: String,
    /// The names of the values that it carries.
    pub payload: Vec<String>,
    /// The places of the states in which it is possible.
    pub from: Vec<usize>,
    /// Where it leads; nowhere if the machine stays in its state.
    pub to: Vec<Target>,
    /// The names of its guards.
    pub guards: Vec<String>,
    /// How many people have to approve.
    pub approvals: u8,
    /// For a timeout, the time that has to pass.
    pub after: Option<Duration>,
}

/// Where a transition leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// To the state at this place.
    State(usize),
    /// To the state in which the superstate at this place was left.
    History(usize),
}

/// Work that is done while the machine is in a state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Task {
    /// Its name.
    pub name: String,
    /// The place of the state.
    pub state: usize,
    /// The names of the events in which it ends.
    pub outcomes: Vec<String>,
}

/// A transition that a run has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The place of the state in which it was.
    pub from: usize,
    /// The event's name.
    pub event: String,
    /// The place of the state to which it came.
    pub to: usize,
}

impl Statechart {
    /// The states and arrows to draw.
    #[must_use]
    pub fn graph(&self) -> Graph {
        let mut graph = Graph { title: self.name.clone(), ..Graph::default() };
        for (number, state) in self.states.iter().enumerate() {
            graph.nodes.push(self.node(number, state));
        }
        let dot = graph.nodes.len();
        graph.nodes.push(mark(NodeKind::Initial, None, "", "the initial state"));
        if self.initial < self.states.len() {
            graph.edges.push(Edge {
                from: dot,
                to: self.initial,
                kind: EdgeKind::Start,
                lines: Vec::new(),
                tooltip: "start".to_owned(),
                is_taken: !self.taken.is_empty() || self.present.is_some(),
            });
        }
        for transition in &self.transitions {
            self.arrows(&mut graph, transition);
        }
        self.note(&mut graph);
        graph
    }

    fn node(&self, number: usize, state: &State) -> Node {
        let mut lines = vec![Line::new(Style::Name, &state.name)];
        for task in self.tasks.iter().filter(|task| task.state == number) {
            lines.push(Line::new(Style::Detail, format!("task {}", task.name)));
        }
        for transition in self.transitions.iter().filter(|one| one.to.is_empty()) {
            if transition.from.contains(&number) && !self.is_everywhere(transition) {
                lines.push(Line::new(Style::Detail, label::within(transition)));
            }
        }
        let kind = match (state.is_superstate, state.is_final) {
            (true, _) => NodeKind::Superstate,
            (_, true) => NodeKind::Final,
            _ => NodeKind::State,
        };
        let is_present = self.present == Some(number);
        Node {
            kind,
            parent: state.parent,
            lines,
            tooltip: label::tooltip(&state.name, &state.docs),
            is_present,
        }
    }

    /// The arrows of a transition, one for each source and target.
    fn arrows(&self, graph: &mut Graph, transition: &Transition) {
        for from in &transition.from {
            for target in &transition.to {
                let (to, superstate) = match target {
                    Target::State(to) => (*to, None),
                    Target::History(superstate) => (history(graph, *superstate), Some(*superstate)),
                };
                graph.edges.push(Edge {
                    from: *from,
                    to,
                    kind: self.kind(*from, transition),
                    lines: label::lines(transition),
                    tooltip: label::tooltip(&label::signature(transition), &transition.docs),
                    is_taken: self.taken.iter().any(|step| {
                        step.event == transition.event
                            && self.is_source(*from, step.from, transition)
                            && superstate
                                .map_or(step.to == to, |around| self.is_within(step.to, around))
                    }),
                });
            }
        }
    }

    fn kind(&self, from: usize, transition: &Transition) -> EdgeKind {
        let ends = |task: &&Task| {
            (self.is_within(from, task.state) || self.is_within(task.state, from))
                && task.outcomes.contains(&transition.event)
        };
        if transition.after.is_some() {
            EdgeKind::Timeout
        } else if transition.approvals > 0 {
            EdgeKind::Gate
        } else if self.tasks.iter().any(|task| ends(&task)) {
            EdgeKind::Outcome
        } else {
            EdgeKind::Event
        }
    }

    /// Whether a transition in the name of `source` is the one that is taken in the state `leaf`.
    fn is_source(&self, source: usize, leaf: usize, transition: &Transition) -> bool {
        let same = || self.transitions.iter().filter(|other| other.event == transition.event);
        let nearest = core::iter::successors(Some(leaf), |inner| self.states.get(*inner)?.parent)
            .find(|node| same().any(|other| other.from.contains(node)));
        nearest == Some(source)
    }

    /// Whether a state is `outer` or inside it.
    fn is_within(&self, state: usize, outer: usize) -> bool {
        core::iter::successors(Some(state), |inner| self.states.get(*inner)?.parent)
            .any(|node| node == outer)
    }

    /// Whether a transition is possible in every state that is not final, without a condition.
    fn is_everywhere(&self, transition: &Transition) -> bool {
        if !label::conditions(transition).is_empty() {
            return false;
        }
        let open = self
            .states
            .iter()
            .enumerate()
            .filter(|(_, state)| !state.is_final && !state.is_superstate);
        let mut open = open.peekable();
        open.peek().is_some()
            && open.all(|(number, _)| {
                transition.from.iter().any(|source| self.is_within(number, *source))
            })
    }

    /// What is possible everywhere, in a remark below the heading.
    fn note(&self, graph: &mut Graph) {
        let within = self.transitions.iter().filter(|one| one.to.is_empty());
        let names: Vec<&str> =
            within.filter(|one| self.is_everywhere(one)).map(|one| one.event.as_str()).collect();
        if !names.is_empty() {
            let open = if self.states.iter().any(|state| state.is_final) {
                " that is not final"
            } else {
                ""
            };
            graph.notes.extend(label::wrapped(&format!("In every state{open}: "), &names));
        }
    }
}

fn mark(kind: NodeKind, parent: Option<usize>, text: &str, tooltip: &str) -> Node {
    let lines = if text.is_empty() { Vec::new() } else { vec![Line::new(Style::Detail, text)] };
    Node { kind, parent, lines, tooltip: tooltip.to_owned(), is_present: false }
}

/// The mark of a superstate's history, made when it is first needed.
fn history(graph: &mut Graph, superstate: usize) -> usize {
    let known = graph
        .nodes
        .iter()
        .position(|node| node.kind == NodeKind::History && node.parent == Some(superstate));
    known.unwrap_or_else(|| {
        let tooltip = "the state in which the superstate was left";
        graph.nodes.push(mark(NodeKind::History, Some(superstate), "H*", tooltip));
        graph.nodes.len() - 1
    })
}
