//! A picture as a list of shapes, each with the part that it plays.

use crate::graph::{Edge, EdgeKind, Graph, Line, NodeKind, Style};
use crate::layout::{Layout, Point, Rect};
use crate::metrics::{Around, Metrics};
use crate::widths;

/// Free space around the picture.
const PAGE: i32 = 20;

/// Below the heading.
const HEADING: i32 = 16;

/// How far a line is rounded where it turns.
pub(crate) const TURN: i32 = 7;

/// Length and half of the width of an arrow's head.
pub(crate) const HEAD: (i32, i32) = (9, 4);

pub(crate) const METRICS: Metrics = Metrics {
    line: |line| (widths::width(line), height(line.style)),
    padding: (16, 10),
    margin: (20, 16),
    dot: (14, 14),
    history: (28, 28),
    least_width: 72,
    ports: 20,
    around: Around { node: 34, label: 16, line: 18 },
    track: 11,
    leave: 12,
    arrive: 19,
    channel: 22,
    loops: 20,
    loop_label: 7,
};

/// A picture of a known size.
pub(crate) struct Scene {
    pub(crate) width: i32,
    pub(crate) height: i32,
    pub(crate) groups: Vec<Group>,
}

/// Shapes that belong together.
pub(crate) struct Group {
    pub(crate) tooltip: String,
    pub(crate) shapes: Vec<Shape>,
}

pub(crate) enum Shape {
    Box {
        rect: Rect,
        radius: i32,
        part: Part,
    },
    Dot {
        middle: Point,
        radius: i32,
        part: Part,
    },
    Line {
        points: Vec<Point>,
        part: Part,
    },
    /// The head of an arrow, at its tip, with the direction in which it points.
    Head {
        tip: Point,
        towards: Point,
        part: Part,
    },
    /// Text from its left end, on its base line.
    Text {
        start: Point,
        line: Line,
        part: Part,
    },
}

/// What a shape is, which decides on its colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Superstate,
    State,
    /// The inner border of a final state.
    Ring,
    Present,
    Mark,
    Text,
    Detail,
    TextOfPresent,
    Arrow(EdgeKind),
    Taken,
}

const fn height(style: Style) -> i32 {
    match style {
        Style::Title => 24,
        Style::Name => 19,
        Style::Event => 17,
        Style::Detail => 16,
    }
}

impl Scene {
    pub(crate) fn new(graph: &Graph) -> Self {
        let layout = Layout::new(graph, &METRICS);
        let mut heading = vec![Line::new(Style::Title, &graph.title)];
        heading.extend(graph.notes.iter().map(|note| Line::new(Style::Detail, note)));
        heading.retain(|line| !line.text.is_empty());
        let (w, h) = METRICS.lines(&heading);
        let below = if h == 0 { 0 } else { h + HEADING };
        let by = Point { x: PAGE + (w - layout.width).max(0) / 2, y: PAGE + below };
        let mut scene = Self {
            width: layout.width.max(w) + 2 * PAGE,
            height: layout.height + below + 2 * PAGE,
            groups: Vec::new(),
        };
        let at = Rect { x: PAGE, y: PAGE, w, h };
        let shapes = texts(&heading, at, false, false);
        scene.groups.push(Group { tooltip: String::new(), shapes });
        scene.nodes(graph, &layout, by, true);
        for (edge, route) in graph.edges.iter().zip(&layout.edges) {
            let points = route.points.iter().map(|point| point.moved(by)).collect();
            let label = route.label.map(|label| label.moved(by));
            scene.groups.push(arrow(edge, points, label));
        }
        scene.nodes(graph, &layout, by, false);
        scene
    }

    /// The superstates from the outside in, or all other nodes.
    fn nodes(&mut self, graph: &Graph, layout: &Layout, by: Point, superstates: bool) {
        let is_drawn = |kind| (kind == NodeKind::Superstate) == superstates;
        let mut drawn: Vec<usize> = (0..graph.nodes.len())
            .filter(|number| graph.nodes.get(*number).is_some_and(|node| is_drawn(node.kind)))
            .collect();
        drawn.sort_by_key(|node| graph.around(*node).count());
        for number in drawn {
            let (Some(node), Some(rect)) = (graph.nodes.get(number), layout.nodes.get(number))
            else {
                continue;
            };
            let rect = rect.moved(by);
            let mut shapes = Vec::new();
            let part = if node.is_present { Part::Present } else { Part::State };
            let middle = Point { x: rect.x + rect.w / 2, y: rect.y + rect.h / 2 };
            match node.kind {
                NodeKind::Superstate => {
                    shapes.push(Shape::Box { rect, radius: 14, part: Part::Superstate });
                    let title = layout.titles.get(number).copied().flatten();
                    let title = title.unwrap_or_default().moved(by);
                    shapes.extend(texts(&node.lines, title, false, false));
                }
                NodeKind::Initial => {
                    shapes.push(Shape::Dot { middle, radius: rect.w / 2, part: Part::Mark });
                }
                NodeKind::History => {
                    shapes.push(Shape::Box { rect, radius: rect.h / 2, part: Part::State });
                    shapes.extend(texts(&node.lines, rect, true, false));
                }
                NodeKind::State | NodeKind::Final => {
                    shapes.push(Shape::Box { rect, radius: 9, part });
                    if node.kind == NodeKind::Final {
                        let inner =
                            Rect { x: rect.x + 3, y: rect.y + 3, w: rect.w - 6, h: rect.h - 6 };
                        shapes.push(Shape::Box { rect: inner, radius: 6, part: Part::Ring });
                    }
                    shapes.extend(texts(&node.lines, rect, true, node.is_present));
                }
            }
            self.groups.push(Group { tooltip: node.tooltip.clone(), shapes });
        }
    }
}

/// Lines of text, in the middle of a box, or from its left.
fn texts(lines: &[Line], rect: Rect, is_centred: bool, is_present: bool) -> Vec<Shape> {
    let (_, total) = METRICS.lines(lines);
    let mut y = rect.y + (rect.h - total) / 2;
    let mut shapes = Vec::new();
    for line in lines {
        let (w, h) = (METRICS.line)(line);
        let x = if is_centred { rect.x + (rect.w - w) / 2 } else { rect.x };
        // The letters reach as far above the middle of the line as they do below it.
        let start = Point { x, y: y + h / 2 + widths::size(line.style) * 36 / 100 };
        let part = match line.style {
            _ if is_present => Part::TextOfPresent,
            Style::Detail => Part::Detail,
            _ => Part::Text,
        };
        shapes.push(Shape::Text { start, line: line.clone(), part });
        y += h;
    }
    shapes
}

/// An arrow with its label, at which its line is interrupted.
fn arrow(edge: &Edge, points: Vec<Point>, label: Option<Rect>) -> Group {
    let part = if edge.is_taken { Part::Taken } else { Part::Arrow(edge.kind) };
    let mut shapes = Vec::new();
    let head = points.split_last().and_then(|(tip, rest)| Some((*tip, *rest.last()?)));
    for points in interrupted(shortened(points), label) {
        shapes.push(Shape::Line { points, part });
    }
    if let Some((tip, before)) = head {
        let towards = Point { x: (tip.x - before.x).signum(), y: (tip.y - before.y).signum() };
        shapes.push(Shape::Head { tip, towards, part });
    }
    if let Some(label) = label {
        shapes.extend(texts(&edge.lines, label, true, false));
    }
    Group { tooltip: edge.tooltip.clone(), shapes }
}

/// A line without the part that the head of the arrow covers.
fn shortened(mut points: Vec<Point>) -> Vec<Point> {
    if let [.., before, tip] = points[..]
        && let Some(last) = points.last_mut()
    {
        last.x -= (tip.x - before.x).signum() * (HEAD.0 - 2);
        last.y -= (tip.y - before.y).signum() * (HEAD.0 - 2);
    }
    points
}

/// The parts of a line before and after its label.
fn interrupted(points: Vec<Point>, label: Option<Rect>) -> Vec<Vec<Point>> {
    let Some(label) = label else { return vec![points] };
    let middle = label.x + label.w / 2;
    let passes = |a: Point, b: Point| {
        let (top, bottom) = (a.y.min(b.y), a.y.max(b.y));
        a.x == b.x && a.x == middle && top <= label.y && label.bottom() <= bottom
    };
    let at = points.windows(2).position(|pair| matches!(pair, [a, b] if passes(*a, *b)));
    let Some(at) = at else { return vec![points] };
    let (before, after) = points.split_at(at + 1);
    let (mut before, mut after) = (before.to_vec(), after.to_vec());
    let leads_down = before.last().map(|point| point.y) < after.first().map(|point| point.y);
    let (first, second) =
        if leads_down { (label.y, label.bottom()) } else { (label.bottom(), label.y) };
    before.push(Point { x: middle, y: first });
    after.insert(0, Point { x: middle, y: second });
    vec![before, after]
}

/// The places between which a line is drawn straight, with those around which it is rounded.
pub(crate) fn rounded(points: &[Point]) -> Vec<(Point, Point, Point)> {
    let towards = |from: Point, to: Point, most: i32| {
        let length = (to.x - from.x).abs() + (to.y - from.y).abs();
        let by = most.min(length / 2);
        Point {
            x: from.x + (to.x - from.x).signum() * by,
            y: from.y + (to.y - from.y).signum() * by,
        }
    };
    let places = points.iter().zip(points.iter().skip(1)).zip(points.iter().skip(2));
    places.map(|((a, b), c)| (towards(*b, *a, TURN), *b, towards(*b, *c, TURN))).collect()
}

/// The two ends of an arrow's head behind its tip.
pub(crate) const fn barbs(tip: Point, towards: Point) -> [Point; 2] {
    let (x, y) = (tip.x - towards.x * HEAD.0, tip.y - towards.y * HEAD.0);
    let (across, along) = (towards.y * HEAD.1, towards.x * HEAD.1);
    [Point { x: x + across, y: y + along }, Point { x: x - across, y: y - along }]
}
