//! Walks over numbered nodes, and the properties that a forbidden walk violates.

use std::collections::VecDeque;

use super::space::{Space, set};
use super::{Clause, Event, Leaf, Through, Violation, blame};

/// Steps between nodes; walks begin in node 0.
#[derive(Debug, Default)]
pub(super) struct Walks {
    /// Those out of each node, in the order of the declaration.
    pub(super) edges: Vec<Vec<Edge>>,
}

/// A step by a move, which is given by its place in the graph, to a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) number: usize,
    pub(super) to: usize,
}

impl Walks {
    /// The shortest walk to a node of the goal, the first in the order of the edges.
    pub(super) fn shortest(&self, goal: impl Fn(usize) -> bool) -> Option<Vec<Edge>> {
        let mut reached_by: Vec<Option<(usize, Edge)>> = vec![None; self.edges.len()];
        let mut queue = VecDeque::from([0]);
        while let Some(node) = queue.pop_front() {
            if goal(node) {
                return Some(walk_to(node, &reached_by));
            }
            for edge in &self.edges[node] {
                if edge.to != 0 && reached_by[edge.to].is_none() {
                    reached_by[edge.to] = Some((node, *edge));
                    queue.push_back(edge.to);
                }
            }
        }
        None
    }
}

fn walk_to(mut node: usize, reached_by: &[Option<(usize, Edge)>]) -> Vec<Edge> {
    let mut walk = Vec::new();
    while let Some((before, edge)) = reached_by[node] {
        walk.push(edge);
        node = before;
    }
    walk.reverse();
    walk
}

/// Which walks are forbidden: those that, watched from one of `from` on, come to `to` and have neither taken the event nor
/// visited the states.
pub(super) struct Watch {
    /// `None`, where the walk is watched from its beginning.
    from: Option<Vec<bool>>,
    to: Vec<bool>,
    event: Option<Event>,
    states: Vec<bool>,
}

impl Watch {
    pub(super) fn through(
        space: &Space<'_>,
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

    pub(super) fn never(space: &Space<'_>, from: &[Leaf], to: &[Leaf]) -> Self {
        let set = |leaves| set(space.graph, leaves);
        Self { from: Some(set(from)), to: set(to), event: None, states: set(&[]) }
    }

    fn forbids_the_start(&self, initial: Leaf) -> bool {
        self.from.is_none() && self.to[initial.0] && !self.states[initial.0]
    }
}

/// The shortest forbidden walk.
pub(super) fn violation(space: &Space<'_>, watch: &Watch) -> Option<Violation> {
    if watch.forbids_the_start(space.graph.initial) {
        return Some(Violation { path: Vec::new(), blame: None });
    }
    let (walks, nodes) = watched(space, watch);
    let forbidden = |node: usize| nodes[node].phase == Phase::Forbidden;
    let walk = walks.shortest(forbidden)?;
    let path = space.path(&walk, |node| space.leaves[nodes[node].configuration]);
    let clauses = blame::clauses(&path);
    let ends: Vec<_> = (0..nodes.len()).filter(|node| forbidden(*node)).collect();
    let to_ends = walks.unavoidable(space.graph, &clauses);
    let mends = |clause: Clause| to_ends.at_all(ends.iter().copied(), clause);
    let to_leaves = space.walks.unavoidable(space.graph, &clauses);
    let blame = blame::blame(space, &clauses, &to_leaves, mends);
    Some(Violation { path, blame })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing is asked of the walk.
    Unwatched,
    /// It is watched, and has not taken what it has to.
    Watched,
    /// It came to `to` so.
    Forbidden,
}

#[derive(Clone, Copy)]
struct Node {
    configuration: usize,
    phase: Phase,
}

/// The walks with what is known of each: a node is a configuration in a phase. Where a walk takes what it has to, its
/// watch ends.
fn watched(space: &Space<'_>, watch: &Watch) -> (Walks, Vec<Node>) {
    let Watch { from, to, event, states } = watch;
    let begins = from.is_none() && !states[space.graph.initial.0];
    let first = if begins { Phase::Watched } else { Phase::Unwatched };
    let mut nodes = Vec::new();
    let mut places = vec![[None; 3]; space.leaves.len()];
    let mut place = |configuration: usize, phase: Phase, nodes: &mut Vec<Node>| {
        *places[configuration][phase as usize].get_or_insert_with(|| {
            nodes.push(Node { configuration, phase });
            nodes.len() - 1
        })
    };
    place(0, first, &mut nodes);
    let mut walks = Walks::default();
    while let Some(Node { configuration, phase }) = nodes.get(walks.edges.len()).copied() {
        let leaf = space.leaves[configuration].0;
        let begins = from.as_ref().is_some_and(|from| from[leaf]) && !states[leaf];
        let mut edges = Vec::new();
        for Edge { number, to: next } in &space.walks.edges[configuration] {
            let mut push = |phase| {
                edges.push(Edge { number: *number, to: place(*next, phase, &mut nodes) });
            };
            let next = space.leaves[*next].0;
            let taken = *event == Some(space.graph.moves[*number].event) || states[next];
            let is_watched = phase == Phase::Watched || phase == Phase::Unwatched && begins;
            if is_watched && !taken {
                push(if to[next] { Phase::Forbidden } else { Phase::Watched });
            }
            if phase == Phase::Unwatched {
                push(Phase::Unwatched);
            }
        }
        walks.edges.push(edges);
    }
    (walks, nodes)
}
