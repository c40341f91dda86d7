//! Which clause of a path to blame.

use super::space::{Space, set};
use super::unavoidable::Unavoidable;
use super::{Clause, Step};

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

/// The clause that mends the property and costs the fewest leaves, the last of those; else the last of all.
pub(super) fn blame(
    space: &Space<'_>,
    clauses: &[Clause],
    unavoidable: &Unavoidable,
    mends: impl Fn(Clause) -> bool,
) -> Option<Clause> {
    let cost = |clause: Clause| {
        let kept = unavoidable.reached_without(clause).map(|node| space.leaves[node]);
        let kept = set(space.graph, &kept.collect::<Vec<_>>());
        kept.iter().filter(|kept| !**kept).count()
    };
    let mut ranked: Vec<Clause> = clauses.iter().rev().copied().collect();
    ranked.sort_by_cached_key(|clause| cost(*clause));
    ranked.into_iter().find(|clause| mends(*clause)).or_else(|| clauses.last().copied())
}
