//! Lines moved along the sides of their nodes.

use crate::layout::layers::{Kind, Layers};
use crate::metrics::{Metrics, int};

/// Moves the ends of lines along the sides of nodes to where the lines are straight, if they are free to and keep their
/// order and their distance.
pub(super) fn settle(layers: &mut Layers, columns: &[i32], metrics: &Metrics) {
    let gaps = layers.gaps();
    for pass in 0..4 {
        for gap in &gaps {
            for vertex in 0..layers.vertices.len() {
                let is_upper = pass % 2 == 0;
                side(layers, columns, metrics, gap, vertex, is_upper);
            }
        }
    }
}

/// Moves the ends at one side of a vertex.
fn side(
    layers: &mut Layers,
    columns: &[i32],
    metrics: &Metrics,
    gap: &[usize],
    vertex: usize,
    is_upper: bool,
) {
    let of = &layers.vertices[vertex];
    if !matches!(of.kind, Kind::Child(_)) || !of.has_free_ports {
        return;
    }
    let ends = |link: usize| {
        let link = &layers.links[link];
        let (upper, lower) = (link.upper_at.unwrap_or(0), link.lower_at.unwrap_or(0));
        if is_upper {
            (link.upper, upper, link.lower, lower)
        } else {
            (link.lower, lower, link.upper, upper)
        }
    };
    let mut lines: Vec<(i32, i32, usize)> = Vec::new();
    let count = int(gap.iter().filter(|link| ends(**link).0 == vertex).count());
    let free = metrics.ports.min(of.body / (count + 1));
    let (low, high) = (metrics.ports / 2, of.body - metrics.ports / 2 - 1);
    for link in gap {
        let (own, at, other, other_at) = ends(*link);
        if own == vertex {
            let wish = columns[other] + other_at - columns[vertex];
            let wish = if (low..=high).contains(&wish) { wish } else { at };
            lines.push((at, wish, *link));
        }
    }
    lines.sort_unstable();
    let mut least = low;
    for (_, wish, _) in &mut lines {
        *wish = (*wish).max(least);
        least = *wish + free;
    }
    let mut most = high;
    for (at, wish, link) in lines.into_iter().rev() {
        let place = wish.min(most);
        most = place - free;
        let link = &mut layers.links[link];
        let end = if is_upper { &mut link.upper_at } else { &mut link.lower_at };
        *end = Some(if place < 0 { at } else { place });
    }
}
