//! What is wrong with a drawing. Nothing should ever be: tests look for it.

use crate::graph::{Graph, NodeKind};
use crate::layout::{Layout, Point, Rect, Route};
use crate::metrics::Metrics;
use crate::{scene, text};

/// The flaws of a graph's drawing, as a picture and as text: labels that overlap each other, states or the lines of
/// others, lines that share a way or do not reach their states, states that overlap.
#[must_use]
pub fn flaws(graph: &Graph) -> Vec<String> {
    let of = |name: &str, metrics: &Metrics| -> Vec<String> {
        let layout = Layout::new(graph, metrics);
        let found = Inspection { graph, layout: &layout }.flaws();
        found.into_iter().map(|flaw| format!("{name}: {flaw}")).collect()
    };
    [of("picture", &scene::METRICS), of("text", &text::METRICS)].concat()
}

struct Inspection<'a> {
    graph: &'a Graph,
    layout: &'a Layout,
}

impl Inspection<'_> {
    fn flaws(&self) -> Vec<String> {
        [self.labels(), self.ends(), self.lines(), self.nodes()].concat()
    }

    /// The boxes of states and marks, but not of superstates, and of the texts of superstates.
    fn boxes(&self) -> impl Iterator<Item = (usize, Rect)> {
        let nodes = self.graph.nodes.iter().zip(&self.layout.nodes).enumerate();
        let leaves = nodes
            .filter(|(_, (node, _))| node.kind != NodeKind::Superstate)
            .map(|(number, (_, rect))| (number, *rect));
        let titles = self.layout.titles.iter().enumerate();
        leaves.chain(titles.filter_map(|(number, title)| Some((number, (*title)?))))
    }

    fn labels(&self) -> Vec<String> {
        let labels: Vec<(usize, Rect)> = (self.layout.edges.iter().enumerate())
            .filter_map(|(edge, route)| Some((edge, route.label?)))
            .collect();
        let mut flaws = Vec::new();
        for (place, (edge, label)) in labels.iter().enumerate() {
            for (other, another) in labels.iter().skip(place + 1) {
                if overlap(*label, *another) {
                    flaws.push(format!("the labels of the edges {edge} and {other} overlap"));
                }
            }
            for (node, rect) in self.boxes().filter(|(_, rect)| overlap(*label, *rect)) {
                flaws.push(format!(
                    "the label of the edge {edge} is over the node {node}: {rect:?}"
                ));
            }
            for (other, route) in self.layout.edges.iter().enumerate() {
                if other != *edge && crosses(route, *label) {
                    flaws.push(format!("the edge {other} crosses the label of the edge {edge}"));
                }
            }
        }
        flaws
    }

    fn ends(&self) -> Vec<String> {
        let mut flaws = Vec::new();
        for (number, (edge, route)) in self.graph.edges.iter().zip(&self.layout.edges).enumerate() {
            let ends = [(edge.from, route.points.first()), (edge.to, route.points.last())];
            for (node, point) in ends {
                let rect = self.layout.nodes.get(node);
                if !matches!((rect, point), (Some(rect), Some(point)) if touches(*rect, *point)) {
                    flaws.push(format!("the edge {number} does not touch the node {node}"));
                }
            }
            let slanted = |(a, b): (&Point, &Point)| a.x != b.x && a.y != b.y;
            if route.points.iter().zip(route.points.iter().skip(1)).any(slanted) {
                flaws.push(format!("the edge {number} is slanted"));
            }
        }
        flaws
    }

    fn lines(&self) -> Vec<String> {
        let mut flaws = Vec::new();
        for (number, route) in self.layout.edges.iter().enumerate() {
            for (node, _) in self.boxes().filter(|(_, rect)| crosses(route, *rect)) {
                flaws.push(format!("the edge {number} crosses the node {node}"));
            }
            for (other, another) in self.layout.edges.iter().enumerate().skip(number + 1) {
                let shares = parts(route).any(|a| parts(another).any(|b| shares(a, b)));
                if shares {
                    flaws.push(format!("the edges {number} and {other} share a way"));
                }
            }
        }
        flaws
    }

    fn nodes(&self) -> Vec<String> {
        let page = Rect { x: 0, y: 0, w: self.layout.width, h: self.layout.height };
        let rect = |node: usize| self.layout.nodes.get(node).copied().unwrap_or_default();
        let mut flaws = Vec::new();
        for (number, node) in self.graph.nodes.iter().enumerate() {
            let outer = node.parent.map_or(page, rect);
            if !contains(outer, rect(number)) {
                flaws.push(format!("the node {number} is not inside its superstate"));
            }
            for (other, another) in self.graph.nodes.iter().enumerate().skip(number + 1) {
                if another.parent == node.parent && overlap(rect(number), rect(other)) {
                    flaws.push(format!("the nodes {number} and {other} overlap"));
                }
            }
        }
        flaws
    }
}

fn overlap(a: Rect, b: Rect) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

fn contains(outer: Rect, inner: Rect) -> bool {
    let is_below = outer.x <= inner.x && outer.y <= inner.y;
    is_below && inner.right() <= outer.right() && inner.bottom() <= outer.bottom()
}

/// Whether a point is on the border of a box.
fn touches(rect: Rect, point: Point) -> bool {
    let within = rect.x <= point.x
        && point.x <= rect.right()
        && rect.y <= point.y
        && point.y <= rect.bottom();
    let is_border =
        [rect.x, rect.right()].contains(&point.x) || [rect.y, rect.bottom()].contains(&point.y);
    within && is_border
}

fn parts(route: &Route) -> impl Iterator<Item = (Point, Point)> {
    route.points.iter().copied().zip(route.points.iter().copied().skip(1))
}

/// Whether a line runs through the inside of a box.
fn crosses(route: &Route, rect: Rect) -> bool {
    parts(route).any(|(a, b)| {
        let (left, right) = (a.x.min(b.x), a.x.max(b.x));
        let (top, bottom) = (a.y.min(b.y), a.y.max(b.y));
        left < rect.right() && right > rect.x && top < rect.bottom() && bottom > rect.y
    })
}

/// Whether two straight lines lie on each other for some way.
fn shares((a, b): (Point, Point), (c, d): (Point, Point)) -> bool {
    let common =
        |a: i32, b: i32, c: i32, d: i32| a.max(b).min(c.max(d)) - a.min(b).max(c.min(d)) > 0;
    let upright = a.x == b.x && c.x == d.x && a.x == c.x && common(a.y, b.y, c.y, d.y);
    let level = a.y == b.y && c.y == d.y && a.y == c.y && common(a.x, b.x, c.x, d.x);
    upright || level
}
