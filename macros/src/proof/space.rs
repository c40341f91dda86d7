//! The configurations of a machine, and what is asked about them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::{self, Display, Formatter};

use super::search::{Edge, Walks};
use super::{
    Graph, History, HistoryId, Leaf, Move, Property, Step, Target, Violation, force, search,
};

/// So many configurations and steps between them are explored in a graph with histories.
const LIMIT: usize = 200_000;

/// A graph whose histories remember more combinations than can be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooManyMemories;

impl Display for TooManyMemories {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the histories of this machine remember too many combinations to be followed, more than {LIMIT} steps between them"
        )
    }
}

/// All configurations that a machine reaches, in the order in which they are found from the initial one.
pub(crate) struct Space<'g> {
    pub(super) graph: &'g Graph,
    /// The leaf of each configuration.
    pub(super) leaves: Vec<Leaf>,
    /// The steps; they begin in configuration 0.
    pub(super) walks: Walks,
}

impl<'g> Space<'g> {
    /// Follows every move from the initial leaf.
    pub(crate) fn explore(graph: &'g Graph) -> Result<Self, TooManyMemories> {
        let limit = if graph.histories.is_empty() { usize::MAX } else { LIMIT };
        let memories = Memories::of(graph);
        let moves = moves_by_leaf(graph);
        let first = memories.first(graph);
        let mut found = HashMap::from([(first.clone(), 0)]);
        let mut configurations = vec![first];
        let mut walks = Walks::default();
        let mut steps = 0;
        while let Some(from) = configurations.get(walks.edges.len()).cloned() {
            let mut edges = Vec::new();
            for &number in &moves[from.leaf.0] {
                for target in &graph.moves[number].targets {
                    let to = memories.after(&from, *target);
                    let fresh = configurations.len();
                    let to = match found.entry(to) {
                        Entry::Occupied(known) => *known.get(),
                        Entry::Vacant(unknown) => {
                            configurations.push(unknown.key().clone());
                            *unknown.insert(fresh)
                        }
                    };
                    edges.push(Edge { number, to });
                }
            }
            steps += 1 + edges.len();
            if steps > limit {
                return Err(TooManyMemories);
            }
            walks.edges.push(edges);
        }
        let leaves = configurations.into_iter().map(|configuration| configuration.leaf).collect();
        Ok(Self { graph, leaves, walks })
    }

    /// The leaves that no path from the initial one reaches.
    pub(crate) fn unreachable(&self) -> Vec<Leaf> {
        let reached = set(self.graph, &self.leaves);
        self.every_leaf().filter(|leaf| !reached[leaf.0]).collect()
    }

    /// The leaves that are not final and that no move leads out of, internal and self-transitions being none.
    ///
    /// Of a leaf that is not reached, a move by history leads out if it may lead to any other leaf.
    pub(crate) fn dead_ends(&self) -> Vec<Leaf> {
        let mut left = self.graph.last.clone();
        for (leaf, edges) in self.leaves.iter().zip(&self.walks.edges) {
            left[leaf.0] |= edges.iter().any(|edge| self.leaves[edge.to] != *leaf);
        }
        let unreachable = self.unreachable();
        for Move { from, targets, .. } in &self.graph.moves {
            if unreachable.binary_search(from).is_ok() {
                let mut leaves = targets.iter().flat_map(|target| possible(self.graph, *target));
                left[from.0] |= leaves.any(|leaf| leaf != *from);
            }
        }
        self.every_leaf().filter(|leaf| !left[leaf.0]).collect()
    }

    /// How the property is violated; `None` where it holds.
    pub(crate) fn violation(&self, property: &Property) -> Option<Violation> {
        match property {
            Property::AlwaysReachable { to } => force::violation(self, to),
            Property::Through { from, to, through } => {
                search::violation(self, &search::Watch::through(self, from.as_deref(), to, through))
            }
            Property::Never { from, to } => {
                search::violation(self, &search::Watch::never(self, from, to))
            }
        }
    }

    /// The edges of a walk as the steps of a path.
    pub(super) fn path(&self, walk: &[Edge], leaf: impl Fn(usize) -> Leaf) -> Vec<Step> {
        let step = |edge: &Edge| {
            let Move { from, event, clause, .. } = self.graph.moves[edge.number];
            Step { from, event, clause, to: leaf(edge.to) }
        };
        walk.iter().map(step).collect()
    }

    fn every_leaf(&self) -> impl Iterator<Item = Leaf> + use<> {
        (0..self.graph.last.len()).map(Leaf)
    }
}

/// For each leaf whether it is one of `leaves`.
pub(super) fn set(graph: &Graph, leaves: &[Leaf]) -> Vec<bool> {
    let mut set = vec![false; graph.last.len()];
    for leaf in leaves {
        set[leaf.0] = true;
    }
    set
}

/// For each leaf the places of its moves.
fn moves_by_leaf(graph: &Graph) -> Vec<Vec<usize>> {
    let mut moves = vec![Vec::new(); graph.last.len()];
    for (number, Move { from, .. }) in graph.moves.iter().enumerate() {
        moves[from.0].push(number);
    }
    moves
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
    /// The leaves in which it can still matter what is remembered.
    matters: Vec<bool>,
}

impl Memories {
    fn of(graph: &Graph) -> Self {
        let memory = |(number, history): (usize, &History)| {
            let inside = set(graph, &history.leaves);
            let matters = matters(graph, HistoryId(number), &inside);
            Memory { default: history.default, inside, matters }
        };
        Self(graph.histories.iter().enumerate().map(memory).collect())
    }

    fn first(&self, graph: &Graph) -> Configuration {
        let memory = self.0.iter().map(|memory| memory.default).collect();
        Configuration { leaf: graph.initial, memory }
    }

    /// The configuration to which a target leads: the memory of each superstate that is left becomes the leaf left, the one
    /// that is recalled is spent, and one that does not matter becomes the default, so that configurations do not differ
    /// by it.
    fn after(&self, from: &Configuration, target: Target) -> Configuration {
        let (leaf, recalled) = match target {
            Target::Leaf(leaf) => (leaf, None),
            Target::History(HistoryId(history)) => (from.memory[history], Some(history)),
        };
        let remembered = |(number, (memory, before)): (usize, (&Memory, &Leaf))| {
            if !memory.matters[leaf.0] || recalled == Some(number) {
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

/// The leaves from which some path recalls a history before its superstate is left again.
///
/// Paths are taken over all leaves to which a target may lead, so that rather too much matters than too little.
fn matters(graph: &Graph, history: HistoryId, inside: &[bool]) -> Vec<bool> {
    let mut matters = vec![false; graph.last.len()];
    let mut before = vec![Vec::new(); graph.last.len()];
    let mut queue = Vec::new();
    for Move { from, targets, .. } in &graph.moves {
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
        if !matters[leaf.0] {
            matters[leaf.0] = true;
            queue.extend(&before[leaf.0]);
        }
    }
    matters
}
