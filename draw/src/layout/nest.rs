//! The graph taken apart: for each superstate, what stands in it and which lines run there.

use crate::graph::{EdgeKind, Graph, NodeKind};

use super::rank;

/// All containers: one for each node, empty where it is no superstate, and the last around everything.
pub(super) struct Nest {
    pub(super) containers: Vec<Container>,
    /// For each edge, whether it leads up.
    pub(super) is_upward: Vec<bool>,
}

/// What stands and runs within one superstate.
#[derive(Default)]
pub(super) struct Container {
    /// The nodes directly inside.
    pub(super) children: Vec<usize>,
    /// The layer of each child.
    pub(super) ranks: Vec<usize>,
    pub(super) segments: Vec<Segment>,
    /// Edges that start at the border and run outside: each needs a port, with its side.
    pub(super) stubs: Vec<(usize, Side)>,
    /// Edges from a child to itself.
    pub(super) loops: Vec<(usize, usize)>,
}

/// The part of an edge that runs within one container.
pub(super) struct Segment {
    pub(super) edge: usize,
    pub(super) upper: End,
    pub(super) lower: End,
    /// Whether the edge has its label here.
    pub(super) is_main: bool,
}

/// An end of a segment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// A child, by its place among the children.
    Child(usize),
    /// A port at the border: at the top for the upper end, at the bottom for the lower.
    Border,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Top,
    Bottom,
}

/// The innermost container that has the whole edge, and the children that hold its ends; no child where the end is the
/// container itself.
struct Span {
    container: usize,
    from: Option<usize>,
    to: Option<usize>,
}

pub(super) fn nest(graph: &Graph) -> Nest {
    let root = graph.nodes.len();
    let mut containers: Vec<Container> = Vec::new();
    containers.resize_with(root + 1, Container::default);
    let mut places = vec![0; root];
    for (number, node) in graph.nodes.iter().enumerate() {
        let children = &mut containers[node.parent.unwrap_or(root)].children;
        places[number] = children.len();
        children.push(number);
    }
    let spans: Vec<Span> = graph.edges.iter().map(|edge| span(graph, edge.from, edge.to)).collect();
    let start = start(graph);
    for (number, container) in containers.iter_mut().enumerate() {
        let within = spans.iter().filter(|span| span.container == number);
        let pairs: Vec<(usize, usize)> = within
            .filter_map(|span| Some((places[span.from?], places[span.to?])))
            .filter(|(from, to)| from != to)
            .collect();
        let first: Vec<usize> = start
            .iter()
            .filter(|node| graph.nodes[**node].parent.unwrap_or(root) == number)
            .map(|node| places[*node])
            .collect();
        container.ranks = rank::ranks(container.children.len(), &pairs, &first);
    }
    let mut nest = Nest { containers, is_upward: vec![false; graph.edges.len()] };
    for (edge, span) in spans.iter().enumerate() {
        nest.add(graph, &places, edge, span);
    }
    nest
}

/// The initial dot, the state to which it leads, and the superstates around that.
fn start(graph: &Graph) -> Vec<usize> {
    let arrow = graph.edges.iter().find(|edge| edge.kind == EdgeKind::Start);
    arrow.map_or_else(Vec::new, |arrow| {
        [arrow.from, arrow.to].into_iter().chain(graph.around(arrow.to)).collect()
    })
}

fn span(graph: &Graph, from: usize, to: usize) -> Span {
    let root = graph.nodes.len();
    let chain = |node: usize| -> Vec<usize> {
        let mut chain: Vec<usize> = [node].into_iter().chain(graph.around(node)).collect();
        chain.push(root);
        chain.reverse();
        chain
    };
    if from == to {
        let container = graph.nodes[from].parent.unwrap_or(root);
        return Span { container, from: Some(from), to: Some(from) };
    }
    let (a, b) = (chain(from), chain(to));
    let shared = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    Span { container: a[shared - 1], from: a.get(shared).copied(), to: b.get(shared).copied() }
}

impl Nest {
    fn add(&mut self, graph: &Graph, places: &[usize], edge: usize, span: &Span) {
        let container = &self.containers[span.container];
        let (upper, lower, up) = match (span.from, span.to) {
            (Some(from), Some(to)) if from == to => {
                let looped = (places[from], edge);
                self.containers[span.container].loops.push(looped);
                return;
            }
            (Some(from), Some(to)) => {
                let (a, b) = (places[from], places[to]);
                let up = container.ranks[a] > container.ranks[b];
                let (a, b) = if up { (b, a) } else { (a, b) };
                (End::Child(a), End::Child(b), up)
            }
            (None, Some(to)) => (End::Border, End::Child(places[to]), false),
            (Some(from), None) => (End::Child(places[from]), End::Border, false),
            (None, None) => return,
        };
        self.is_upward[edge] = up;
        self.containers[span.container].segments.push(Segment {
            edge,
            upper,
            lower,
            is_main: true,
        });
        let (out, into) = if up { (Side::Top, Side::Bottom) } else { (Side::Bottom, Side::Top) };
        self.cross(graph, places, edge, graph.edges[edge].from, span.from, out);
        self.cross(graph, places, edge, graph.edges[edge].to, span.to, into);
    }

    /// Takes an edge from `node` through the borders of all superstates up to `outermost`.
    fn cross(
        &mut self,
        graph: &Graph,
        places: &[usize],
        edge: usize,
        node: usize,
        outermost: Option<usize>,
        side: Side,
    ) {
        let Some(outermost) = outermost else { return };
        if graph.nodes[node].kind == NodeKind::Superstate {
            self.containers[node].stubs.push((edge, side));
        }
        let mut inner = node;
        while inner != outermost {
            let Some(outer) = graph.nodes[inner].parent else { return };
            let child = End::Child(places[inner]);
            let (upper, lower) = match side {
                Side::Top => (End::Border, child),
                Side::Bottom => (child, End::Border),
            };
            let segment = Segment { edge, upper, lower, is_main: false };
            self.containers[outer].segments.push(segment);
            inner = outer;
        }
    }
}
