//! Which clauses every walk to a node takes, by one data-flow analysis for all nodes and clauses.

use std::collections::{HashMap, VecDeque};

use super::search::Walks;
use super::{Clause, Graph};

/// For each node the clauses that every walk to it takes: without one of them it would not be reached.
pub(super) struct Unavoidable {
    /// The bit of each clause that is looked at.
    bits: HashMap<Clause, usize>,
    /// For each node so many words of bits.
    sets: Vec<Vec<u64>>,
}

impl Walks {
    /// Looks at some of the clauses; every node is reached by some walk.
    pub(super) fn unavoidable(&self, graph: &Graph, clauses: &[Clause]) -> Unavoidable {
        let bits: HashMap<_, _> = clauses.iter().copied().zip(0..).collect();
        let taken: Vec<_> = graph.moves.iter().map(|mv| bits.get(&mv.clause).copied()).collect();
        let words = clauses.len().div_ceil(WORD);
        // All clauses are unavoidable until a walk avoids them.
        let mut sets = vec![vec![u64::MAX; words]; self.edges.len()];
        let mut queue = VecDeque::new();
        if let Some(first) = sets.first_mut() {
            first.fill(0);
            queue.push_back(0);
        }
        let mut queued = vec![false; self.edges.len()];
        while let Some(node) = queue.pop_front() {
            queued[node] = false;
            let mut walk = sets[node].clone();
            for edge in &self.edges[node] {
                let bit = taken[edge.number].filter(|bit| !has(&walk, *bit));
                if let Some(bit) = bit {
                    flip(&mut walk, bit);
                }
                let less = narrow(&mut sets[edge.to], &walk);
                if let Some(bit) = bit {
                    flip(&mut walk, bit);
                }
                if less && !queued[edge.to] {
                    queued[edge.to] = true;
                    queue.push_back(edge.to);
                }
            }
        }
        Unavoidable { bits, sets }
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

impl Unavoidable {
    /// Whether every walk to any of the nodes takes the clause.
    pub(super) fn at_all(&self, mut nodes: impl Iterator<Item = usize>, clause: Clause) -> bool {
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
