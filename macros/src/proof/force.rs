//! What can always be reached, whatever is refused and whichever branch a choice takes.

use super::search::Walks;
use super::space::{Space, set};
use super::{Clause, Leaf, Violation, blame};

/// The shortest path to a configuration that is not final and from which nothing leads surely to `to`.
pub(super) fn violation(space: &Space<'_>, to: &[Leaf]) -> Option<Violation> {
    let to = set(space.graph, to);
    let sure = sure(space, &to, None);
    let is_last = |node: usize| space.graph.last[space.leaves[node].0];
    let stuck = |node: usize| !sure[node] && !is_last(node);
    let walk = space.walks.shortest(stuck)?;
    let path = space.path(&walk, |node| space.leaves[node]);
    let clauses = blame::clauses(&path);
    let unavoidable = space.walks.unavoidable(space.graph, &clauses);
    let mends = |clause: Clause| {
        // With fewer moves nothing becomes sure: what is stuck has to be out of reach, and all else to stay sure.
        let stuck_nodes = (0..space.leaves.len()).filter(|node| stuck(*node));
        unavoidable.at_all(stuck_nodes, clause) && {
            let sure = self::sure(space, &to, Some(clause));
            unavoidable.reached_without(clause).all(|node| sure[node] || is_last(node))
        }
    };
    let blame = blame::blame(space, &clauses, &unavoidable, mends);
    Some(Violation { path, blame })
}

/// A move in a configuration that nothing can refuse.
struct Firm {
    from: usize,
    /// So many of its branches are not known to lead on.
    open: usize,
}

/// For each configuration whether it surely leads to `to`, without one of the clauses.
fn sure(space: &Space<'_>, to: &[bool], without: Option<Clause>) -> Vec<bool> {
    let Space { graph, leaves, walks: Walks { edges } } = space;
    let mut firm: Vec<Firm> = Vec::new();
    // For each configuration the branches that lead to it.
    let mut branches = vec![Vec::new(); leaves.len()];
    for (from, edges) in edges.iter().enumerate() {
        for branches_of_move in edges.chunk_by(|a, b| a.number == b.number) {
            let number = branches_of_move.first().map(|edge| edge.number);
            let Some(mv) = number.map(|number| &graph.moves[number]) else { continue };
            if mv.refusable || without == Some(mv.clause) {
                continue;
            }
            for branch in branches_of_move {
                branches[branch.to].push(firm.len());
            }
            firm.push(Firm { from, open: branches_of_move.len() });
        }
    }
    let mut sure = vec![false; leaves.len()];
    let mut queue: Vec<_> = (0..leaves.len()).filter(|node| to[leaves[*node].0]).collect();
    while let Some(node) = queue.pop() {
        if std::mem::replace(&mut sure[node], true) {
            continue;
        }
        for &number in &branches[node] {
            let Firm { from, open } = &mut firm[number];
            *open -= 1;
            if *open == 0 {
                queue.push(*from);
            }
        }
    }
    sure
}
