//! Which clause of a path to blame.

use super::dominators::Dominators;
use super::graph::{Clause, Step};
use super::space::{StateSpace, set};

/// The clauses of a path, each once, at its last place.
pub(super) fn clauses(path: &[Step]) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = Vec::new();
    for step in path.iter().rev() {
        if !clauses.contains(&step.clause) {
            clauses.push(step.clause);
        }
    }
    clauses.reverse();
    clauses
}

/// The clause that repairs the property and costs the fewest leaves, the last of those; else the last of all.
pub(super) fn blame(
    space: &StateSpace<'_>,
    clauses: &[Clause],
    dominators: &Dominators,
    repairs: impl Fn(Clause) -> bool,
) -> Option<Clause> {
    let cost = |clause: Clause| {
        let kept = dominators.reached_without(clause).map(|node| space.leaves[node]);
        let kept = set(space.graph, &kept.collect::<Vec<_>>());
        kept.iter().filter(|kept| !**kept).count()
    };
    let mut ranked: Vec<Clause> = clauses.iter().rev().copied().collect();
    ranked.sort_by_cached_key(|clause| cost(*clause));
    ranked.into_iter().find(|clause| repairs(*clause)).or_else(|| clauses.last().copied())
}
