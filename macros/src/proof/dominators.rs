//! The clauses that dominate a node, by one data-flow analysis for all nodes and clauses.

use std::collections::{HashMap, VecDeque};

use super::digraph::Digraph;
use super::graph::{Clause, Graph};

/// For each node the clauses that every path to it takes: without one of them the node is unreachable.
pub(super) struct Dominators {
    /// The bit of each clause.
    bits: HashMap<Clause, usize>,
    /// For each node a set of bits.
    sets: Vec<Vec<u64>>,
}

impl Digraph {
    /// Which of the clauses dominate which node. Every node is reachable.
    pub(super) fn dominators(&self, graph: &Graph, clauses: &[Clause]) -> Dominators {
        let bits: HashMap<_, _> = clauses.iter().copied().zip(0..).collect();
        let taken: Vec<_> = graph
            .transitions
            .iter()
            .map(|transition| bits.get(&transition.clause).copied())
            .collect();
        let words = clauses.len().div_ceil(WORD);
        // Every clause dominates until a path avoids it.
        let mut sets = vec![vec![u64::MAX; words]; self.edges.len()];
        let mut queue = VecDeque::new();
        if let Some(first) = sets.first_mut() {
            first.fill(0);
            queue.push_back(0);
        }
        let mut queued = vec![false; self.edges.len()];
        while let Some(node) = queue.pop_front() {
            queued[node] = false;
            let mut taken_so_far = sets[node].clone();
            for edge in &self.edges[node] {
                let bit = taken[edge.transition].filter(|bit| !has(&taken_so_far, *bit));
                if let Some(bit) = bit {
                    flip(&mut taken_so_far, bit);
                }
                let less = narrow(&mut sets[edge.to], &taken_so_far);
                if let Some(bit) = bit {
                    flip(&mut taken_so_far, bit);
                }
                if less && !queued[edge.to] {
                    queued[edge.to] = true;
                    queue.push_back(edge.to);
                }
            }
        }
        Dominators { bits, sets }
    }
}

const WORD: usize = 64;

fn has(set: &[u64], bit: usize) -> bool {
    set[bit / WORD] >> (bit % WORD) & 1 == 1
}

fn flip(set: &mut [u64], bit: usize) {
    set[bit / WORD] ^= 1 << (bit % WORD);
}

/// Keeps what is in both sets, and answers whether that is less.
fn narrow(set: &mut [u64], other: &[u64]) -> bool {
    let mut less = false;
    for (word, other) in set.iter_mut().zip(other) {
        less |= *word & !other != 0;
        *word &= other;
    }
    less
}

impl Dominators {
    /// Whether the clause dominates all of the nodes.
    pub(super) fn dominates(&self, mut nodes: impl Iterator<Item = usize>, clause: Clause) -> bool {
        let bit = self.bits.get(&clause);
        bit.is_some_and(|bit| nodes.all(|node| has(&self.sets[node], *bit)))
    }

    /// The nodes that are reached without the clause.
    pub(super) fn reached_without(&self, clause: Clause) -> impl Iterator<Item = usize> {
        let bit = self.bits.get(&clause).copied();
        let sets = self.sets.iter().enumerate();
        let without = sets.filter(move |(_, set)| bit.is_none_or(|bit| !has(set, bit)));
        without.map(|(node, _)| node)
    }
}
