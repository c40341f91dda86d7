//! Where everything stands.
//!
//! States are drawn in layers, so that most arrows lead down. Each superstate is laid out on its own, then it is one box in
//! the layout around it; an arrow that crosses its border does so at a port. Lines are vertical in the layers, where
//! states and labels stand, and horizontal between them only. So no line crosses a state or a label, and no two labels
//! overlap.
#![expect(clippy::indexing_slicing, reason = "indices come from the lists that they index")]

mod nest;
mod rank;

mod layers;

mod order;

mod columns;

mod channel;

mod place;

use crate::graph::Graph;
use crate::metrics::Metrics;

use self::place::Placed;

/// A graph with a place for everything in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) width: i32,
    pub(crate) height: i32,
    /// The box of each node.
    pub(crate) nodes: Vec<Rect>,
    /// For each superstate, where its text stands.
    pub(crate) titles: Vec<Option<Rect>>,
    pub(crate) edges: Vec<Route>,
}

/// The way of an edge, from its source to its target.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Route {
    pub(crate) points: Vec<Point>,
    pub(crate) label: Option<Rect>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Point {
    pub(crate) x: i32,
    pub(crate) y: i32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Rect {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) w: i32,
    pub(crate) h: i32,
}

impl Point {
    pub(crate) const fn moved(self, by: Self) -> Self {
        Self { x: self.x + by.x, y: self.y + by.y }
    }
}

impl Rect {
    pub(crate) const fn right(self) -> i32 {
        self.x + self.w
    }

    pub(crate) const fn bottom(self) -> i32 {
        self.y + self.h
    }

    pub(crate) const fn moved(self, by: Point) -> Self {
        Self { x: self.x + by.x, y: self.y + by.y, ..self }
    }
}

impl Layout {
    /// Lays out a graph.
    pub(crate) fn new(graph: &Graph, metrics: &Metrics) -> Self {
        let nest = nest::nest(graph);
        let placed = place::container(graph, metrics, &nest, graph.nodes.len());
        Self::of(graph, &nest, placed)
    }

    fn of(graph: &Graph, nest: &nest::Nest, placed: Placed) -> Self {
        let mut layout = Self {
            width: placed.w,
            height: placed.h,
            nodes: vec![Rect::default(); graph.nodes.len()],
            titles: vec![None; graph.nodes.len()],
            edges: vec![Route::default(); graph.edges.len()],
        };
        for (node, rect) in placed.nodes {
            layout.nodes[node] = rect;
        }
        for (node, rect) in placed.titles {
            layout.titles[node] = Some(rect);
        }
        for (edge, rect) in placed.labels {
            layout.edges[edge].label = Some(rect);
        }
        let mut pieces = placed.pieces;
        pieces.sort_by_key(|(edge, points)| (*edge, points.first().map(|point| point.y)));
        for (edge, points) in pieces {
            layout.edges[edge].points.extend(points);
        }
        for (edge, route) in layout.edges.iter_mut().enumerate() {
            straighten(&mut route.points);
            if nest.is_upward[edge] {
                route.points.reverse();
            }
        }
        layout
    }
}

/// Removes points between which a line goes straight on.
fn straighten(points: &mut Vec<Point>) {
    points.dedup();
    let mut kept: Vec<Point> = Vec::with_capacity(points.len());
    for point in points.drain(..) {
        if let [.., a, b] = kept[..]
            && ((a.x == b.x && b.x == point.x) || (a.y == b.y && b.y == point.y))
        {
            kept.pop();
        }
        kept.push(point);
    }
    *points = kept;
}
