//! A container with everything in its place, put together from those within.

use super::channel::{self, Line};
use super::layers::{Item, Kind, Layers};
use super::nest::{Container, Nest};
use super::{Point, Rect, columns, order};
use crate::graph::{Graph, NodeKind};
use crate::metrics::{Metrics, int};

/// What stands in a container, from its upper left corner.
#[derive(Default)]
pub(super) struct Placed {
    pub(super) w: i32,
    pub(super) h: i32,
    pub(super) nodes: Vec<(usize, Rect)>,
    pub(super) titles: Vec<(usize, Rect)>,
    pub(super) labels: Vec<(usize, Rect)>,
    /// Parts of edges, from top to bottom.
    pub(super) pieces: Vec<(usize, Vec<Point>)>,
    /// Where edges cross the border.
    ports: Vec<(usize, i32)>,
}

/// Lays out what stands in the container of this number.
pub(super) fn container(graph: &Graph, metrics: &Metrics, nest: &Nest, number: usize) -> Placed {
    let own = &nest.containers[number];
    let inner: Vec<Option<Placed>> = own
        .children
        .iter()
        .map(|child| {
            let is_superstate = graph.nodes[*child].kind == NodeKind::Superstate;
            is_superstate.then(|| container(graph, metrics, nest, *child))
        })
        .collect();
    let items: Vec<Item> = (0..own.children.len())
        .map(|place| item(graph, metrics, own, place, inner[place].as_ref()))
        .collect();
    let node = graph.nodes.get(number);
    let title = node.map(|node| metrics.lines(&node.lines));
    let label = |edge: usize| metrics.lines(&graph.edges[edge].lines);
    let mut layers = Layers::new(own, &items, title, &label);
    order::order(&mut layers, metrics);
    let columns = columns::columns(&mut layers, metrics);
    let mut build = Build {
        graph,
        metrics,
        own,
        layers: &layers,
        columns,
        rects: vec![Rect::default(); layers.vertices.len()],
        margin: node.map_or((0, 0), |_| metrics.margin),
        placed: Placed::default(),
    };
    let channels = build.rows();
    build.lines(&channels);
    build.boxes(number, inner);
    build.placed
}

/// The size of a child, with its transitions to itself.
fn item(
    graph: &Graph,
    metrics: &Metrics,
    own: &Container,
    place: usize,
    inner: Option<&Placed>,
) -> Item {
    let node = &graph.nodes[own.children[place]];
    let (body, h) = inner.map_or_else(
        || match node.kind {
            NodeKind::Initial => metrics.dot,
            NodeKind::History => metrics.history,
            _ => {
                let (w, h) = metrics.lines(&node.lines);
                let (x, y) = metrics.padding;
                ((w + 2 * x).max(metrics.least_width), h + 2 * y)
            }
        },
        |inner| (inner.w, inner.h),
    );
    let child = super::nest::End::Child(place);
    let above = own.segments.iter().filter(|segment| segment.lower == child).count();
    let below = own.segments.iter().filter(|segment| segment.upper == child).count();
    let needed = (int(above.max(below)) + 1) * metrics.ports;
    let body = if inner.is_none() && above.max(below) > 1 { body.max(needed) } else { body };
    let loops = own.loops.iter().filter(|(child, _)| *child == place);
    let (label_w, label_h) = loops
        .map(|(_, edge)| metrics.lines(&graph.edges[*edge].lines))
        .fold((0, 0), |(w, h), label| (w.max(label.0), h + label.1 + loop_gap(metrics)));
    let beside = if label_h == 0 { 0 } else { metrics.loops + metrics.loop_label + label_w };
    let ports = inner.map(|inner| inner.ports.clone());
    let h = if label_h == 0 { h } else { h.max(label_h + loop_gap(metrics)) };
    let has_free_ports = matches!(node.kind, NodeKind::State | NodeKind::Final);
    Item { w: body + beside, h, body, has_free_ports, ports }
}

/// Between the labels of two transitions to oneself.
fn loop_gap(metrics: &Metrics) -> i32 {
    metrics.padding.1.max(1)
}

struct Build<'a> {
    graph: &'a Graph,
    metrics: &'a Metrics,
    own: &'a Container,
    layers: &'a Layers,
    columns: Vec<i32>,
    rects: Vec<Rect>,
    margin: (i32, i32),
    placed: Placed,
}

/// The ways of the links of one gap, and the row of the first track.
struct Channel {
    links: Vec<usize>,
    ways: Vec<channel::Way>,
    top: i32,
}

impl Build<'_> {
    /// Gives each vertex its box, from the top layer down, with room for the lines between.
    fn rows(&mut self) -> Vec<Channel> {
        let gaps = self.layers.gaps();
        let mut channels = Vec::new();
        let mut y = self.margin.1;
        let (mut right, mut bottom) = (0, y);
        for (layer, links) in self.layers.rows.iter().zip(gaps) {
            let height = layer.iter().map(|vertex| self.layers.vertices[*vertex].h).max();
            let height = height.unwrap_or(0);
            for vertex in layer {
                let of = &self.layers.vertices[*vertex];
                let is_title = of.kind == Kind::Title;
                let is_whole = matches!(of.kind, Kind::Port(_) | Kind::Bend | Kind::Label(_));
                let x = self.margin.0 + self.columns[*vertex];
                let top = if is_title { y } else { y + (height - of.h) / 2 };
                self.rects[*vertex] = Rect { x, y: top, w: of.w, h: of.h };
                right = right.max(x + of.w);
                if let Kind::Label(edge) = of.kind {
                    self.placed.labels.push((edge, self.rects[*vertex]));
                }
                if is_whole {
                    self.rects[*vertex].y = y;
                    self.rects[*vertex].h = height;
                }
            }
            y += height;
            bottom = y;
            let lines: Vec<Line> = links.iter().map(|link| self.line(*link)).collect();
            let (ways, count) = channel::ways(&lines, self.metrics.track);
            let top = y + self.metrics.leave;
            y += if count == 0 {
                self.metrics.channel
            } else {
                let tracks = (int(count) - 1) * self.metrics.track;
                self.metrics.leave + tracks + self.metrics.arrive
            };
            right = ways
                .iter()
                .flat_map(|way| way.parts.iter().map(|(_, column)| *column))
                .fold(right, i32::max);
            channels.push(Channel { links, ways, top });
        }
        self.placed.w = right + self.margin.0;
        self.placed.h = bottom + self.margin.1;
        channels
    }

    fn line(&self, link: usize) -> Line {
        let link = &self.layers.links[link];
        let column =
            |vertex: usize, at: Option<i32>| self.margin.0 + self.columns[vertex] + at.unwrap_or(0);
        Line { from: column(link.upper, link.upper_at), to: column(link.lower, link.lower_at) }
    }

    /// The parts of edges between layers and through them.
    fn lines(&mut self, channels: &[Channel]) {
        for channel in channels {
            for (number, way) in channel.links.iter().zip(&channel.ways) {
                let link = &self.layers.links[*number];
                let Line { from, to } = self.line(*number);
                let (upper, lower) = (self.rects[link.upper], self.rects[link.lower]);
                let start = match self.layers.vertices[link.upper].kind {
                    Kind::Port(_) => 0,
                    Kind::Bend | Kind::Label(_) => upper.y,
                    _ => upper.bottom(),
                };
                let end = match self.layers.vertices[link.lower].kind {
                    Kind::Port(_) => self.placed.h,
                    _ => lower.y,
                };
                let mut points = vec![Point { x: from, y: start }];
                let mut x = from;
                for (track, column) in &way.parts {
                    let y = channel.top + int(*track) * self.metrics.track;
                    points.extend([Point { x, y }, Point { x: *column, y }]);
                    x = *column;
                }
                points.push(Point { x: to, y: end });
                self.placed.pieces.push((link.edge, points));
            }
        }
    }

    /// The boxes of the children, with all that is in them, and what crosses the border.
    fn boxes(&mut self, number: usize, inner: Vec<Option<Placed>>) {
        let mut inner = inner;
        for (vertex, of) in self.layers.vertices.iter().enumerate() {
            let rect = self.rects[vertex];
            match of.kind {
                Kind::Title => self.placed.titles.push((number, rect)),
                Kind::Port(edge) => self.placed.ports.push((edge, rect.x)),
                Kind::Child(place) => {
                    let node = self.own.children[place];
                    let own = inner[place].take();
                    let h = own.as_ref().map_or(rect.h, |own| own.h.max(rect.h));
                    let body = Rect { w: of.body, h, ..rect };
                    self.placed.nodes.push((node, body));
                    self.loops(place, body);
                    if let Some(own) = own {
                        self.placed.take(own, Point { x: rect.x, y: rect.y });
                    }
                }
                Kind::Bend | Kind::Label(_) => {}
            }
        }
    }

    /// The transitions of a child to itself, one below the other at its right side.
    fn loops(&mut self, place: usize, body: Rect) {
        let metrics = self.metrics;
        let loops = self.own.loops.iter().filter(|(child, _)| *child == place);
        let mut y = body.y + loop_gap(metrics);
        for (_, edge) in loops {
            let (w, h) = metrics.lines(&self.graph.edges[*edge].lines);
            let x = body.right() + metrics.loops;
            self.placed.labels.push((*edge, Rect { x: x + metrics.loop_label, y, w, h }));
            let (top, bottom) = (y, y + h.max(2) - 1);
            let at = |x, y| Point { x, y };
            let points =
                vec![at(body.right(), top), at(x, top), at(x, bottom), at(body.right(), bottom)];
            self.placed.pieces.push((*edge, points));
            y += h + loop_gap(metrics);
        }
    }
}

impl Placed {
    fn take(&mut self, inner: Self, by: Point) {
        let moved = |list: Vec<(usize, Rect)>| {
            list.into_iter().map(move |(number, rect)| (number, rect.moved(by)))
        };
        self.nodes.extend(moved(inner.nodes));
        self.titles.extend(moved(inner.titles));
        self.labels.extend(moved(inner.labels));
        let shift = |point: Point| Point { x: point.x + by.x, y: point.y + by.y };
        for (edge, points) in inner.pieces {
            self.pieces.push((edge, points.into_iter().map(shift).collect()));
        }
    }
}
