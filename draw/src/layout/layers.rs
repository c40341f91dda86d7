//! The layers of a container: its children, and what lines need on their way through.

use super::nest::{Container, End, Side};

/// A container in layers.
pub(super) struct Layers {
    pub(super) vertices: Vec<Vertex>,
    pub(super) links: Vec<Link>,
    /// The vertices of each layer, from left to right.
    pub(super) rows: Vec<Vec<usize>>,
}

/// Something that takes a place in a layer.
pub(super) struct Vertex {
    pub(super) kind: Kind,
    pub(super) layer: usize,
    pub(super) w: i32,
    pub(super) h: i32,
    /// The width within which lines may end.
    pub(super) body: i32,
    /// Whether they may end anywhere there.
    pub(super) has_free_ports: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A child, by its place.
    Child(usize),
    /// The text of the superstate.
    Title,
    /// A line on the border.
    Port(usize),
    /// A line that passes.
    Bend,
    /// A label, with the line through its middle.
    Label(usize),
}

/// A line between two neighbouring layers.
pub(super) struct Link {
    pub(super) edge: usize,
    pub(super) upper: usize,
    pub(super) lower: usize,
    /// Where it leaves the upper vertex, from its left; none while any place will do.
    pub(super) upper_at: Option<i32>,
    pub(super) lower_at: Option<i32>,
}

/// The size of a child.
pub(super) struct Item {
    pub(super) w: i32,
    pub(super) h: i32,
    pub(super) body: i32,
    /// Whether lines may end anywhere at its upper and lower side.
    pub(super) has_free_ports: bool,
    /// Where lines end, if that is fixed, by edge.
    pub(super) ports: Option<Vec<(usize, i32)>>,
}

impl Item {
    fn port(&self, edge: usize) -> Option<i32> {
        let ports = self.ports.as_ref()?;
        ports.iter().find(|(of, _)| *of == edge).map(|(_, x)| *x)
    }
}

impl Layers {
    /// The layers of a container, whose title and labels have these sizes.
    pub(super) fn new(
        container: &Container,
        items: &[Item],
        title: Option<(i32, i32)>,
        label: &dyn Fn(usize) -> (i32, i32),
    ) -> Self {
        // Children stand in even layers from 2 on, so that there is a layer for labels above each.
        let last = container.ranks.iter().max().map_or(2, |rank| 2 * rank + 4);
        let mut layers = Self { vertices: Vec::new(), links: Vec::new(), rows: Vec::new() };
        layers.rows.resize_with(last + 1, Vec::new);
        if let Some((w, h)) = title {
            layers.push(Kind::Title, 0, (w, h));
        }
        for (place, item) in items.iter().enumerate() {
            let vertex =
                layers.push(Kind::Child(place), 2 * container.ranks[place] + 2, (item.w, item.h));
            layers.vertices[vertex].body = item.body;
            layers.vertices[vertex].has_free_ports = item.has_free_ports;
        }
        let chains = layers.ends(container, last);
        layers.chains(container, items, &chains, label);
        for (edge, side) in &container.stubs {
            let layer = if *side == Side::Top { 0 } else { last };
            layers.push(Kind::Port(*edge), layer, (0, 0));
        }
        layers.drop_empty();
        layers
    }

    fn push(&mut self, kind: Kind, layer: usize, (w, h): (i32, i32)) -> usize {
        let vertex = self.vertices.len();
        self.vertices.push(Vertex { kind, layer, w, h, body: w, has_free_ports: false });
        self.rows[layer].push(vertex);
        vertex
    }

    /// The vertices at which each segment ends.
    fn ends(&mut self, container: &Container, last: usize) -> Vec<(usize, usize)> {
        let mut child = vec![0; container.children.len()];
        for (number, vertex) in self.vertices.iter().enumerate() {
            if let Kind::Child(place) = vertex.kind {
                child[place] = number;
            }
        }
        let mut chains = Vec::new();
        for segment in &container.segments {
            let mut end = |end, layer| match end {
                End::Child(place) => child[place],
                End::Border => self.push(Kind::Port(segment.edge), layer, (0, 0)),
            };
            chains.push((end(segment.upper, 0), end(segment.lower, last)));
        }
        chains
    }

    /// Joins the ends of all segments, the short ones first, since long ones have a choice of layers for their labels.
    fn chains(
        &mut self,
        container: &Container,
        items: &[Item],
        ends: &[(usize, usize)],
        label: &dyn Fn(usize) -> (i32, i32),
    ) {
        let mut order: Vec<usize> = (0..ends.len()).collect();
        let length = |number: usize| {
            let (upper, lower) = ends[number];
            self.vertices[lower].layer - self.vertices[upper].layer
        };
        order.sort_by_key(|number| length(*number));
        for number in order {
            let (upper, lower) = ends[number];
            let segment = &container.segments[number];
            let size = label(segment.edge);
            let between = self.vertices[upper].layer + 1..self.vertices[lower].layer;
            let labelled =
                (segment.is_main && size.0 > 0).then(|| self.roomy(between.clone(), size.0));
            let mut above = upper;
            for layer in between {
                let vertex = if labelled == Some(layer) {
                    self.push(Kind::Label(segment.edge), layer, size)
                } else {
                    self.push(Kind::Bend, layer, (0, 0))
                };
                self.link(items, segment.edge, above, vertex);
                above = vertex;
            }
            self.link(items, segment.edge, above, lower);
        }
    }

    fn link(&mut self, items: &[Item], edge: usize, upper: usize, lower: usize) {
        let at = |vertex: usize| match self.vertices[vertex].kind {
            Kind::Child(place) => items[place].port(edge),
            _ => Some(self.vertices[vertex].w / 2),
        };
        let (upper_at, lower_at) = (at(upper), at(lower));
        self.links.push(Link { edge, upper, lower, upper_at, lower_at });
    }

    /// The layer among these that stays narrowest with a label of this width; of two, the one nearer to the middle.
    fn roomy(&self, mut layers: std::ops::Range<usize>, width: i32) -> usize {
        let middle = layers.start + layers.end - 1;
        let used = |layer: usize| -> i32 {
            self.rows[layer].iter().map(|vertex| self.vertices[*vertex].w).sum()
        };
        let first = layers.start;
        let widest = (0..self.rows.len()).map(used).max().unwrap_or(0);
        let cost = |layer: usize| {
            ((used(layer) + width).max(widest * 3 / 4), (2 * layer).abs_diff(middle), layer)
        };
        layers.by_ref().min_by_key(|layer| cost(*layer)).unwrap_or(first)
    }

    /// Removes the layers in which lines only pass.
    fn drop_empty(&mut self) {
        let stays = |kind: Kind| kind != Kind::Bend;
        let kept: Vec<bool> = self
            .rows
            .iter()
            .map(|layer| layer.iter().any(|vertex| stays(self.vertices[*vertex].kind)))
            .collect();
        let mut number = vec![0; self.rows.len()];
        let mut count = 0;
        for (layer, is_kept) in kept.iter().enumerate() {
            number[layer] = count;
            count += usize::from(*is_kept);
        }
        // A link into a dropped bend takes over the end of the link out of it.
        let mut out = vec![usize::MAX; self.vertices.len()];
        for (number, link) in self.links.iter().enumerate() {
            if self.vertices[link.upper].kind == Kind::Bend {
                out[link.upper] = number;
            }
        }
        let is_dropped = |vertices: &[Vertex], vertex: usize| !kept[vertices[vertex].layer];
        let mut links = Vec::new();
        for number in 0..self.links.len() {
            if is_dropped(&self.vertices, self.links[number].upper) {
                continue;
            }
            let mut last = number;
            while is_dropped(&self.vertices, self.links[last].lower) {
                last = out[self.links[last].lower];
            }
            let (first, last) = (&self.links[number], &self.links[last]);
            links.push(Link {
                edge: first.edge,
                upper: first.upper,
                lower: last.lower,
                upper_at: first.upper_at,
                lower_at: last.lower_at,
            });
        }
        self.links = links;
        let mut is_kept = kept.iter();
        self.rows.retain(|_| is_kept.next() == Some(&true));
        for vertex in &mut self.vertices {
            vertex.layer = number[vertex.layer];
        }
    }

    /// The links below each layer.
    pub(super) fn gaps(&self) -> Vec<Vec<usize>> {
        let mut gaps = vec![Vec::new(); self.rows.len()];
        for (number, link) in self.links.iter().enumerate() {
            gaps[self.vertices[link.upper].layer].push(number);
        }
        gaps
    }
}
