//! A directed graph of numbered nodes, and the shortest path in it.

use std::collections::VecDeque;

/// A directed graph, whose paths begin in node 0.
#[derive(Debug, Default)]
pub(super) struct Digraph {
    /// The edges out of each node, in the order of the declaration.
    pub(super) edges: Vec<Vec<Edge>>,
}

/// A transition, by its place in the machine's graph, to a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) transition: usize,
    pub(super) to: usize,
}

impl Digraph {
    /// The shortest path to a node of the goal, the first in the order of the edges.
    pub(super) fn shortest(&self, goal: impl Fn(usize) -> bool) -> Option<Vec<Edge>> {
        let mut reached_by: Vec<Option<(usize, Edge)>> = vec![None; self.edges.len()];
        let mut queue = VecDeque::from([0]);
        while let Some(node) = queue.pop_front() {
            if goal(node) {
                return Some(path_to(node, &reached_by));
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

fn path_to(mut node: usize, reached_by: &[Option<(usize, Edge)>]) -> Vec<Edge> {
    let mut path = Vec::new();
    while let Some((before, edge)) = reached_by[node] {
        path.push(edge);
        node = before;
    }
    path.reverse();
    path
}
