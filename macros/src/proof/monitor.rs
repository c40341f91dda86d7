//! Monitors of properties of paths, and the shortest path that one of them rejects.

use super::blame;
use super::digraph::{Digraph, Edge};
use super::graph::{Clause, Event, Leaf, Through, Violation};
use super::space::{StateSpace, set};

/// An automaton that reads a path and rejects it where, from a leaf of `from` on, the path comes to `to` and has neither
/// taken the event nor visited the states.
pub(super) struct PathMonitor {
    /// `None`, where the monitor is armed from the beginning.
    from: Option<Vec<bool>>,
    to: Vec<bool>,
    event: Option<Event>,
    states: Vec<bool>,
}

impl PathMonitor {
    pub(super) fn through(
        space: &StateSpace<'_>,
        from: Option<&[Leaf]>,
        to: &[Leaf],
        through: &Through,
    ) -> Self {
        let (event, states) = match through {
            Through::Event(event) => (Some(*event), &[][..]),
            Through::States(states) => (None, &states[..]),
        };
        let set = |leaves| set(space.graph, leaves);
        Self { from: from.map(set), to: set(to), event, states: set(states) }
    }

    pub(super) fn never(space: &StateSpace<'_>, from: &[Leaf], to: &[Leaf]) -> Self {
        let set = |leaves| set(space.graph, leaves);
        Self { from: Some(set(from)), to: set(to), event: None, states: set(&[]) }
    }

    fn rejects_the_start(&self, initial: Leaf) -> bool {
        self.from.is_none() && self.to[initial.0] && !self.states[initial.0]
    }
}

/// The shortest path that the monitor rejects.
pub(super) fn violation(space: &StateSpace<'_>, monitor: &PathMonitor) -> Option<Violation> {
    if monitor.rejects_the_start(space.graph.initial) {
        return Some(Violation { path: Vec::new(), blame: None });
    }
    let (digraph, nodes) = product(space, monitor);
    let rejected = |node: usize| nodes[node].phase == Phase::Rejected;
    let path = digraph.shortest(rejected)?;
    let path = space.path(&path, |node| space.leaves[nodes[node].configuration]);
    let clauses = blame::clauses(&path);
    let ends: Vec<_> = (0..nodes.len()).filter(|node| rejected(*node)).collect();
    let to_ends = digraph.dominators(space.graph, &clauses);
    let repairs = |clause: Clause| to_ends.dominates(ends.iter().copied(), clause);
    let to_leaves = space.digraph.dominators(space.graph, &clauses);
    let blame = blame::blame(space, &clauses, &to_leaves, repairs);
    Some(Violation { path, blame })
}

/// The state of a monitor.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The path need not take anything.
    Idle,
    /// The path has to take the event or visit the states before it comes to `to`.
    Armed,
    /// The path came to `to` and has not.
    Rejected,
}

#[derive(Clone, Copy)]
struct Node {
    configuration: usize,
    phase: Phase,
}

/// The product of the state space and the monitor: a node is a configuration in a phase. A path that takes what it has to
/// is not followed further.
fn product(space: &StateSpace<'_>, monitor: &PathMonitor) -> (Digraph, Vec<Node>) {
    let PathMonitor { from, to, event, states } = monitor;
    let begins = from.is_none() && !states[space.graph.initial.0];
    let first = if begins { Phase::Armed } else { Phase::Idle };
    let mut nodes = Vec::new();
    let mut places = vec![[None; 3]; space.leaves.len()];
    let mut place = |configuration: usize, phase: Phase, nodes: &mut Vec<Node>| {
        *places[configuration][phase as usize].get_or_insert_with(|| {
            nodes.push(Node { configuration, phase });
            nodes.len() - 1
        })
    };
    place(0, first, &mut nodes);
    let mut digraph = Digraph::default();
    while let Some(Node { configuration, phase }) = nodes.get(digraph.edges.len()).copied() {
        let leaf = space.leaves[configuration].0;
        let begins = from.as_ref().is_some_and(|from| from[leaf]) && !states[leaf];
        let mut edges = Vec::new();
        for Edge { transition, to: next } in &space.digraph.edges[configuration] {
            let mut push = |phase| {
                edges.push(Edge { transition: *transition, to: place(*next, phase, &mut nodes) });
            };
            let next = space.leaves[*next].0;
            let taken = *event == Some(space.graph.transitions[*transition].event) || states[next];
            let is_armed = phase == Phase::Armed || phase == Phase::Idle && begins;
            if is_armed && !taken {
                push(if to[next] { Phase::Rejected } else { Phase::Armed });
            }
            if phase == Phase::Idle {
                push(Phase::Idle);
            }
        }
        digraph.edges.push(edges);
    }
    (digraph, nodes)
}
