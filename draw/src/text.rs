//! A picture in text, of box characters, for a terminal.

use core::fmt::{self, Display, Formatter};

use crate::graph::{Edge, EdgeKind, Graph, Line, NodeKind, Style};
use crate::layout::{Layout, Point, Rect, Route};
use crate::metrics::{Around, Metrics, int};

mod canvas;
mod outline;

use self::canvas::{Canvas, Ink, Stroke};

pub(crate) const METRICS: Metrics = Metrics {
    line: |line| (int(canvas::cells(&line.text)), 1),
    padding: (2, 1),
    margin: (3, 1),
    dot: (1, 1),
    history: (6, 3),
    least_width: 8,
    ports: 2,
    around: Around { node: 3, label: 2, line: 1 },
    track: 1,
    leave: 1,
    arrive: 2,
    channel: 1,
    loops: 3,
    loop_label: 2,
};

/// Displays a graph as text, without a line break at its end: as a drawing if that is no wider than a number of columns, else
/// as an outline.
#[derive(Debug, Clone)]
pub struct Text {
    text: String,
}

impl Text {
    /// Lays out a graph for a terminal of this width. With colours, escape sequences mark a run and kinds of arrows.
    #[must_use]
    pub fn new(graph: &Graph, columns: usize, has_colours: bool) -> Self {
        let graph = narrowed(graph);
        let layout = Layout::new(&graph, &METRICS);
        if layout.width <= int(columns) {
            Self { text: drawn(&graph, &layout, has_colours) }
        } else {
            Self { text: outline::outline(&graph, has_colours) }
        }
    }
}

impl Display for Text {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A graph without what a terminal would take for its own.
fn narrowed(graph: &Graph) -> Graph {
    let plain = |text: &str| -> String {
        text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
    };
    let mut graph = graph.clone();
    graph.title = plain(&graph.title);
    graph.notes = graph.notes.iter().map(|note| plain(note)).collect();
    let nodes = graph.nodes.iter_mut().flat_map(|node| &mut node.lines);
    let edges = graph.edges.iter_mut().flat_map(|edge| &mut edge.lines);
    for line in nodes.chain(edges) {
        line.text = plain(&line.text);
    }
    graph
}

fn drawn(graph: &Graph, layout: &Layout, has_colours: bool) -> String {
    let mut canvas = Canvas::new(layout.width, layout.height);
    let mut nodes: Vec<usize> = (0..graph.nodes.len()).collect();
    nodes.sort_by_key(|node| graph.around(*node).count());
    for number in nodes {
        node(&mut canvas, graph, layout, number);
    }
    for (edge, route) in graph.edges.iter().zip(&layout.edges) {
        line(&mut canvas, edge, route);
    }
    for (edge, route) in graph.edges.iter().zip(&layout.edges) {
        head(&mut canvas, edge, route);
    }
    for (edge, route) in graph.edges.iter().zip(&layout.edges) {
        if let Some(label) = route.label {
            lines(&mut canvas, &edge.lines, label, true, ink(edge));
        }
    }
    let mut heading = canvas::styled(&graph.title, Ink::Bold, has_colours);
    for note in &graph.notes {
        heading.push('\n');
        heading.push_str(&canvas::styled(note, Ink::Faint, has_colours));
    }
    format!("{heading}\n\n{}", canvas.text(has_colours))
}

fn ink(edge: &Edge) -> Ink {
    match edge.kind {
        _ if edge.is_taken => Ink::Marked,
        EdgeKind::Start | EdgeKind::Event => Ink::Plain,
        EdgeKind::Gate => Ink::Gate,
        EdgeKind::Timeout => Ink::Timeout,
        EdgeKind::Outcome => Ink::Outcome,
    }
}

fn node(canvas: &mut Canvas, graph: &Graph, layout: &Layout, number: usize) {
    let (Some(node), Some(rect)) = (graph.nodes.get(number), layout.nodes.get(number).copied())
    else {
        return;
    };
    let ink = if node.is_present { Ink::Marked } else { Ink::Plain };
    match node.kind {
        NodeKind::Initial => canvas.put(rect.x, rect.y, '●', Ink::Plain),
        NodeKind::Superstate => {
            canvas.frame(rect, Stroke::Rounded, Ink::Faint);
            let title = layout.titles.get(number).copied().flatten().unwrap_or_default();
            lines(canvas, &node.lines, title, false, Ink::Bold);
        }
        NodeKind::History | NodeKind::State => {
            let stroke = if node.is_present { Stroke::Heavy } else { Stroke::Rounded };
            canvas.frame(rect, stroke, ink);
            lines(canvas, &node.lines, rect, true, ink);
        }
        NodeKind::Final => {
            let stroke = if node.is_present { Stroke::Heavy } else { Stroke::Double };
            canvas.frame(rect, stroke, ink);
            lines(canvas, &node.lines, rect, true, ink);
        }
    }
}

fn lines(canvas: &mut Canvas, lines: &[Line], rect: Rect, is_centred: bool, ink: Ink) {
    let top = rect.y + (rect.h - int(lines.len())) / 2;
    for (y, line) in (top..).zip(lines) {
        let w = int(canvas::cells(&line.text));
        let x = if is_centred { rect.x + (rect.w - w) / 2 } else { rect.x };
        let own = match (line.style, ink) {
            (Style::Detail, Ink::Plain | Ink::Bold) => Ink::Faint,
            (Style::Name, Ink::Plain) => Ink::Bold,
            (_, ink) => ink,
        };
        canvas.write(x, y, &line.text, own);
    }
}

/// The line of an arrow. It ends beside the boxes that it joins.
fn line(canvas: &mut Canvas, edge: &Edge, route: &Route) {
    let points = cells(&route.points);
    for (a, b) in points.iter().zip(points.iter().skip(1)) {
        canvas.line(*a, *b, edge.is_taken, ink(edge));
    }
}

/// A way from cell to cell: its ends are the last free cells before the boxes.
fn cells(points: &[Point]) -> Vec<Point> {
    let mut points = points.to_vec();
    let up = |point: &mut Point| point.y -= 1;
    let left = |point: &mut Point| point.x -= 1;
    let is_upright = |a: Point, b: Point| a.x == b.x;
    if let [first, second, ..] = points[..]
        && is_upright(first, second)
        && second.y < first.y
        && let Some(first) = points.first_mut()
    {
        up(first);
    }
    if let [.., before, last] = points[..]
        && let Some(end) = points.last_mut()
    {
        match is_upright(before, last) {
            true if before.y < last.y => up(end),
            false if before.x < last.x => left(end),
            _ => {}
        }
    }
    points
}

fn head(canvas: &mut Canvas, edge: &Edge, route: &Route) {
    let points = cells(&route.points);
    let [.., before, tip] = points[..] else { return };
    let way = route.points.split_last().and_then(|(end, rest)| Some((*rest.last()?, *end)));
    let (from, to) = way.unwrap_or((before, tip));
    let sign = match (to.x - from.x, to.y - from.y) {
        (0, down) if down > 0 => '▼',
        (0, _) => '▲',
        (right, _) if right > 0 => '▶',
        _ => '◀',
    };
    canvas.put(tip.x, tip.y, sign, ink(edge));
}
