//! The model as a graph for the proofs, and what is said of a property that does not hold.

use std::iter::once;

use crate::model::{Model, Node, Property as Claimed, StateId, Target, Through as By};
use crate::proof::{
    Clause, Event, Graph, History, HistoryId, Leaf, Property, StateSpace, Target as Goal, Through,
    Transition, Violation, violation,
};
use crate::report::Report;

/// The model as the proofs see it, with the way back from their numbers.
pub(super) struct Proofs<'m, 'd> {
    model: &'m Model<'d>,
    pub(super) graph: Graph,
    /// The place of the event and of its clause, by the clause's number.
    clauses: Vec<(usize, usize)>,
}

impl<'m, 'd> Proofs<'m, 'd> {
    pub(super) fn new(model: &'m Model<'d>) -> Self {
        let remembering = model.histories();
        let histories = remembering.iter().map(|(superstate, _)| History {
            leaves: leaves(&model.inside(*superstate)),
            default: leaf(model[*superstate].default.unwrap_or(model.initial)),
        });
        let mut clauses: Vec<(usize, usize)> = Vec::new();
        for (event, declared) in model.events.iter().enumerate() {
            clauses.extend((0..declared.clauses.len()).map(|clause| (event, clause)));
        }
        // In the order of the declaration.
        clauses.sort_by_key(|place| clause(model, *place).function.place);
        let mut transitions = Vec::new();
        for (number, place) in clauses.iter().enumerate() {
            let clause = clause(model, *place);
            let targets: Vec<Goal> = match clause.target {
                Target::History(superstate) => {
                    let known = remembering.iter().position(|(known, _)| *known == superstate);
                    known.map(|place| Goal::History(HistoryId(place))).into_iter().collect()
                }
                target => model.targets(target).into_iter().map(leaf).map(Goal::Leaf).collect(),
            };
            transitions.extend(clause.sources.iter().map(|source| Transition {
                from: leaf(*source),
                event: Event(place.0),
                clause: Clause(number),
                targets: targets.clone(),
                refusable: clause.is_refusable() || clause.by_human.is_some(),
            }));
        }
        let graph = Graph {
            initial: leaf(model.initial),
            is_final: model.states.iter().map(|state| state.is_final).collect(),
            histories: histories.collect(),
            transitions,
        };
        Self { model, graph, clauses }
    }

    /// Reports each property that does not hold, on the transition to blame.
    pub(super) fn properties(&self, space: &StateSpace<'_>, report: &mut Report) {
        for claimed in &self.model.properties {
            let Some(violation) = violation(space, &self.property(claimed)) else { continue };
            let mut message = self.message(claimed, &violation);
            if let Some(reason) = &claimed.decl.reason {
                message = format!("{message}; {reason}");
            }
            let blamed = violation.blame.and_then(|clause| self.clauses.get(clause.0));
            match blamed {
                Some(place) => {
                    report.at(&clause(self.model, *place).function.ident, message);
                }
                None => report.at(&claimed.decl.attr, message),
            }
        }
    }

    fn property(&self, claimed: &Claimed<'_>) -> Property {
        let inside = |node: Node| self.inside(node);
        match &claimed.claim {
            crate::model::Claim::Through { from, to, through } => Property::Through {
                from: from.map(inside),
                to: inside(*to),
                through: match through {
                    By::Event(event) => Through::Event(Event(*event)),
                    By::Node(node) => Through::States(inside(*node)),
                },
            },
            crate::model::Claim::Never { from, to } => {
                Property::Never { from: inside(*from), to: inside(*to) }
            }
            crate::model::Claim::AlwaysReachable { to } => {
                Property::AlwaysReachable { to: inside(*to) }
            }
        }
    }

    fn inside(&self, node: Node) -> Vec<Leaf> {
        match node {
            Node::State(state) => vec![leaf(state)],
            Node::Superstate(superstate) => leaves(&self.model.inside(superstate)),
        }
    }

    fn message(&self, claimed: &Claimed<'_>, violation: &Violation) -> String {
        use crate::parse::Claim;
        let path = self.path(violation);
        match &claimed.decl.claim {
            Claim::Through { from: None, to, through } => {
                format!("`{to}` is reached without `{through}`: {path}")
            }
            Claim::Through { from: Some(from), to, through } => {
                format!("`{to}` is reached from `{from}` without `{through}`: {path}")
            }
            Claim::Never { from, to } => format!("`{to}` is reached from `{from}`: {path}"),
            Claim::AlwaysReachable { to } => {
                let last = violation.path.last();
                let stuck = last.map_or(self.graph.initial, |step| step.to);
                let stuck = self.name(stuck);
                format!("nothing leads for certain from `{stuck}` to `{to}`: {path}")
            }
        }
    }

    /// `Draft --submit--> Waiting --hotfix--> Deployed`
    fn path(&self, violation: &Violation) -> String {
        let steps = violation.path.iter().map(|step| {
            let event = self.model.events.get(step.event.0);
            let event = event.map(|event| event.ident.to_string()).unwrap_or_default();
            format!(" --{event}--> {}", self.name(step.to))
        });
        let start = violation.path.first().map_or(self.graph.initial, |step| step.from);
        once(self.name(start)).chain(steps).collect()
    }

    fn name(&self, leaf: Leaf) -> String {
        let state = self.model.states.get(leaf.0);
        state.map(|state| state.ident.to_string()).unwrap_or_default()
    }
}

fn leaf(state: StateId) -> Leaf {
    Leaf(state.place())
}

fn leaves(states: &[StateId]) -> Vec<Leaf> {
    states.iter().copied().map(leaf).collect()
}

#[expect(clippy::indexing_slicing, reason = "the places were taken from these lists")]
fn clause<'m, 'd>(
    model: &'m Model<'d>,
    (event, clause): (usize, usize),
) -> &'m crate::model::Clause<'d> {
    &model.events[event].clauses[clause]
}
