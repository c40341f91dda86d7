//! The state space of a machine: its configurations and the steps between them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::{self, Display, Formatter};

use super::digraph::{Digraph, Edge};
use super::graph::{Graph, History, HistoryId, Leaf, Step, Target, Transition};

/// The largest number of configurations and steps that are explored in a graph with histories.
const LIMIT: usize = 200_000;

/// The histories of the graph remember more combinations than [`LIMIT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooManyConfigurations;

impl Display for TooManyConfigurations {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the histories of this machine have more than {LIMIT} steps between combinations of what they remember, which is too many to check: remove a `History` target"
        )
    }
}

/// All configurations that a machine reaches, in the order in which they are found from the initial one.
pub(crate) struct StateSpace<'g> {
    pub(super) graph: &'g Graph,
    /// The leaf of each configuration.
    pub(super) leaves: Vec<Leaf>,
    /// The steps between them; paths begin in configuration 0.
    pub(super) digraph: Digraph,
}

impl<'g> StateSpace<'g> {
    /// Explores every transition from the initial leaf.
    pub(crate) fn explore(graph: &'g Graph) -> Result<Self, TooManyConfigurations> {
        let limit = if graph.histories.is_empty() { usize::MAX } else { LIMIT };
        let memories = Memories::of(graph);
        let transitions = transitions_by_leaf(graph);
        let first = memories.first(graph);
        let mut found = HashMap::from([(first.clone(), 0)]);
        let mut configurations = vec![first];
        let mut digraph = Digraph::default();
        let mut steps = 0;
        while let Some(from) = configurations.get(digraph.edges.len()).cloned() {
            let mut edges = Vec::new();
            for &number in &transitions[from.leaf.0] {
                for target in &graph.transitions[number].targets {
                    let to = memories.after(&from, *target);
                    let fresh = configurations.len();
                    let to = match found.entry(to) {
                        Entry::Occupied(known) => *known.get(),
                        Entry::Vacant(unknown) => {
                            configurations.push(unknown.key().clone());
                            *unknown.insert(fresh)
                        }
                    };
                    edges.push(Edge { transition: number, to });
                }
            }
            steps += 1 + edges.len();
            if steps > limit {
                return Err(TooManyConfigurations);
            }
            digraph.edges.push(edges);
        }
        let leaves = configurations.into_iter().map(|configuration| configuration.leaf).collect();
        Ok(Self { graph, leaves, digraph })
    }

    /// The leaves that no path from the initial one reaches.
    pub(crate) fn unreachable(&self) -> Vec<Leaf> {
        let reached = set(self.graph, &self.leaves);
        self.every_leaf().filter(|leaf| !reached[leaf.0]).collect()
    }

    /// The leaves that are not final and that no transition leads out of, internal and self-transitions being none.
    ///
    /// Of a leaf that is not reached, a transition by history leads out if it may lead to any other leaf.
    pub(crate) fn dead_ends(&self) -> Vec<Leaf> {
        let mut left = self.graph.is_final.clone();
        for (leaf, edges) in self.leaves.iter().zip(&self.digraph.edges) {
            left[leaf.0] |= edges.iter().any(|edge| self.leaves[edge.to] != *leaf);
        }
        let unreachable = self.unreachable();
        for Transition { from, targets, .. } in &self.graph.transitions {
            if unreachable.binary_search(from).is_ok() {
                let mut leaves = targets.iter().flat_map(|target| possible(self.graph, *target));
                left[from.0] |= leaves.any(|leaf| leaf != *from);
            }
        }
        self.every_leaf().filter(|leaf| !left[leaf.0]).collect()
    }

    /// The steps of a path of edges.
    pub(super) fn path(&self, path: &[Edge], leaf: impl Fn(usize) -> Leaf) -> Vec<Step> {
        let step = |edge: &Edge| {
            let Transition { from, event, clause, .. } = self.graph.transitions[edge.transition];
            Step { from, event, clause, to: leaf(edge.to) }
        };
        path.iter().map(step).collect()
    }

    fn every_leaf(&self) -> impl Iterator<Item = Leaf> + use<> {
        (0..self.graph.is_final.len()).map(Leaf)
    }
}

/// For each leaf whether it is one of `leaves`.
pub(super) fn set(graph: &Graph, leaves: &[Leaf]) -> Vec<bool> {
    let mut set = vec![false; graph.is_final.len()];
    for leaf in leaves {
        set[leaf.0] = true;
    }
    set
}

/// For each leaf the places of its transitions.
fn transitions_by_leaf(graph: &Graph) -> Vec<Vec<usize>> {
    let mut transitions = vec![Vec::new(); graph.is_final.len()];
    for (number, Transition { from, .. }) in graph.transitions.iter().enumerate() {
        transitions[from.0].push(number);
    }
    transitions
}

/// The leaves to which a target may lead, whatever is remembered.
fn possible(graph: &Graph, target: Target) -> Vec<Leaf> {
    match target {
        Target::Leaf(leaf) => vec![leaf],
        Target::History(HistoryId(history)) => graph.histories[history].leaves.clone(),
    }
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Configuration {
    leaf: Leaf,
    /// What each history remembers.
    memory: Box<[Leaf]>,
}

/// How the histories of a graph remember.
struct Memories(Vec<Memory>);

struct Memory {
    default: Leaf,
    inside: Vec<bool>,
    /// The leaves in which the memory is live.
    live: Vec<bool>,
}

impl Memories {
    fn of(graph: &Graph) -> Self {
        let memory = |(number, history): (usize, &History)| {
            let inside = set(graph, &history.leaves);
            let live = live(graph, HistoryId(number), &inside);
            Memory { default: history.default, inside, live }
        };
        Self(graph.histories.iter().enumerate().map(memory).collect())
    }

    fn first(&self, graph: &Graph) -> Configuration {
        let memory = self.0.iter().map(|memory| memory.default).collect();
        Configuration { leaf: graph.initial, memory }
    }

    /// The configuration to which a target leads: the memory of each superstate that is left becomes the leaf left, the one
    /// that is recalled is cleared, and one that is not live becomes the default, so that configurations do not differ
    /// by it.
    fn after(&self, from: &Configuration, target: Target) -> Configuration {
        let (leaf, recalled) = match target {
            Target::Leaf(leaf) => (leaf, None),
            Target::History(HistoryId(history)) => (from.memory[history], Some(history)),
        };
        let remembered = |(number, (memory, before)): (usize, (&Memory, &Leaf))| {
            if !memory.live[leaf.0] || recalled == Some(number) {
                memory.default
            } else if memory.inside[from.leaf.0] && !memory.inside[leaf.0] {
                from.leaf
            } else {
                *before
            }
        };
        let memory = self.0.iter().zip(&from.memory).enumerate().map(remembered).collect();
        Configuration { leaf, memory }
    }
}

/// The leaves in which a memory is live: some path from there recalls it before its superstate is left again.
///
/// A path may take every leaf to which a target may lead, so that a memory is rather live too often than too rarely.
fn live(graph: &Graph, history: HistoryId, inside: &[bool]) -> Vec<bool> {
    let mut live = vec![false; graph.is_final.len()];
    let mut before = vec![Vec::new(); graph.is_final.len()];
    let mut queue = Vec::new();
    for Transition { from, targets, .. } in &graph.transitions {
        for target in targets {
            if *target == Target::History(history) {
                queue.push(*from);
            }
            for leaf in possible(graph, *target) {
                if !inside[from.0] || inside[leaf.0] {
                    before[leaf.0].push(*from);
                }
            }
        }
    }
    while let Some(leaf) = queue.pop() {
        if !live[leaf.0] {
            live[leaf.0] = true;
            queue.extend(&before[leaf.0]);
        }
    }
    live
}
