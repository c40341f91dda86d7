//! Attractors: the configurations from which a state is reached, whatever is refused and whatever a choice chooses.

use super::blame;
use super::digraph::Digraph;
use super::graph::{Clause, Leaf, Violation};
use super::space::{StateSpace, set};

/// The shortest path to a configuration that is not final and that is outside the attractor of `to`.
pub(super) fn violation(space: &StateSpace<'_>, to: &[Leaf]) -> Option<Violation> {
    let to = set(space.graph, to);
    let sure = attractor(space, &to, None);
    let is_final = |node: usize| space.graph.is_final[space.leaves[node].0];
    let stuck = |node: usize| !sure[node] && !is_final(node);
    let path = space.digraph.shortest(stuck)?;
    let path = space.path(&path, |node| space.leaves[node]);
    let clauses = blame::clauses(&path);
    let dominators = space.digraph.dominators(space.graph, &clauses);
    let repairs = |clause: Clause| {
        // With fewer transitions nothing becomes sure: what is stuck has to be out of reach, and all else to stay sure.
        let stuck_nodes = (0..space.leaves.len()).filter(|node| stuck(*node));
        dominators.dominates(stuck_nodes, clause) && {
            let sure = attractor(space, &to, Some(clause));
            dominators.reached_without(clause).all(|node| sure[node] || is_final(node))
        }
    };
    let blame = blame::blame(space, &clauses, &dominators, repairs);
    Some(Violation { path, blame })
}

/// A transition that nothing can refuse, in one configuration.
struct Certain {
    from: usize,
    /// The number of its branches that are not known to lead into the attractor.
    open: usize,
}

/// For each configuration whether it is in the attractor of `to`, in the graph without one of the clauses.
fn attractor(space: &StateSpace<'_>, to: &[bool], without: Option<Clause>) -> Vec<bool> {
    let StateSpace { graph, leaves, digraph: Digraph { edges } } = space;
    let mut certain: Vec<Certain> = Vec::new();
    // For each configuration the branches that lead to it.
    let mut branches = vec![Vec::new(); leaves.len()];
    for (from, edges) in edges.iter().enumerate() {
        for branches_of_one in edges.chunk_by(|a, b| a.transition == b.transition) {
            let Some(first) = branches_of_one.first() else { continue };
            let transition = &graph.transitions[first.transition];
            if transition.refusable || without == Some(transition.clause) {
                continue;
            }
            for branch in branches_of_one {
                branches[branch.to].push(certain.len());
            }
            certain.push(Certain { from, open: branches_of_one.len() });
        }
    }
    let mut sure = vec![false; leaves.len()];
    let mut queue: Vec<_> = (0..leaves.len()).filter(|node| to[leaves[*node].0]).collect();
    while let Some(node) = queue.pop() {
        if std::mem::replace(&mut sure[node], true) {
            continue;
        }
        for &number in &branches[node] {
            let Certain { from, open } = &mut certain[number];
            *open -= 1;
            if *open == 0 {
                queue.push(*from);
            }
        }
    }
    sure
}
