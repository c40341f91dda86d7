//! The order within the layers, so that few lines cross.

use super::layers::{Kind, Layers};
use crate::metrics::{Metrics, int};

/// How often the layers are gone through.
const SWEEPS: usize = 16;

/// Orders the layers, then gives each line its place at the nodes that leave it free.
pub(super) fn order(layers: &mut Layers, metrics: &Metrics) {
    let gaps = layers.gaps();
    let mut best = (crossings(layers, &gaps), layers.rows.clone());
    for sweep in 0..SWEEPS {
        if best.0 == 0 {
            break;
        }
        let is_down = sweep % 2 == 0;
        let count = layers.rows.len();
        for step in 1..count {
            let layer = if is_down { step } else { count - 1 - step };
            sort(layers, &gaps, layer, is_down);
        }
        swap_neighbours(layers, &gaps);
        let found = crossings(layers, &gaps);
        if found < best.0 {
            best = (found, layers.rows.clone());
        }
    }
    layers.rows = best.1;
    spread(layers, metrics);
}

/// The place of each vertex in its layer.
pub(super) fn positions(layers: &Layers) -> Vec<usize> {
    let mut positions = vec![0; layers.vertices.len()];
    for layer in &layers.rows {
        for (position, vertex) in layer.iter().enumerate() {
            positions[*vertex] = position;
        }
    }
    positions
}

/// The place of an end within its layer, in thousandths of a vertex.
fn end(layers: &Layers, positions: &[usize], vertex: usize, at: Option<i32>) -> i64 {
    let body = i64::from(layers.vertices[vertex].body.max(1));
    let within = at.map_or(500, |at| (1000 * i64::from(at) / body).clamp(0, 999));
    1000 * i64::from(int(positions[vertex])) + within
}

/// The ends of a link above and below.
fn ends(layers: &Layers, positions: &[usize], link: usize) -> (i64, i64) {
    let link = &layers.links[link];
    (
        end(layers, positions, link.upper, link.upper_at),
        end(layers, positions, link.lower, link.lower_at),
    )
}

/// Sorts one layer by the middle of what its vertices are joined to above or below.
fn sort(layers: &mut Layers, gaps: &[Vec<usize>], layer: usize, is_down: bool) {
    let positions = positions(layers);
    let mut sums = vec![(0_i64, 0_i64); layers.vertices.len()];
    let gap = if is_down { &gaps[layer - 1] } else { &gaps[layer] };
    for link in gap {
        let (above, below) = ends(layers, &positions, *link);
        let Layers { links, .. } = layers;
        let (own, other, at) = if is_down {
            (links[*link].lower, above, links[*link].lower_at)
        } else {
            (links[*link].upper, below, links[*link].upper_at)
        };
        let body = i64::from(layers.vertices[own].body.max(1));
        let shift = at.map_or(0, |at| 1000 * i64::from(at) / body - 500);
        sums[own].0 += other - shift;
        sums[own].1 += 1;
    }
    let key = |vertex: &usize| {
        let (sum, count) = sums[*vertex];
        let is_title = layers.vertices[*vertex].kind == Kind::Title;
        let middle =
            if count == 0 { 1000 * i64::from(int(positions[*vertex])) + 500 } else { sum / count };
        (!is_title, middle, positions[*vertex])
    };
    let mut sorted = layers.rows[layer].clone();
    sorted.sort_by_key(key);
    layers.rows[layer] = sorted;
}

/// Swaps neighbours where that saves a crossing.
fn swap_neighbours(layers: &mut Layers, gaps: &[Vec<usize>]) {
    for layer in 0..layers.rows.len() {
        let above = layer.checked_sub(1).map(|above| &gaps[above]);
        let nearby = |layers: &Layers| {
            let positions = positions(layers);
            let above = above.map_or(0, |gap| crossed(layers, &positions, gap));
            above + crossed(layers, &positions, &gaps[layer])
        };
        let mut found = nearby(layers);
        // Larger layers are sorted well enough, and this would take long.
        if found == 0 || layers.rows[layer].len() > 24 {
            continue;
        }
        for place in 1..layers.rows[layer].len() {
            if layers.vertices[layers.rows[layer][place - 1]].kind == Kind::Title {
                continue;
            }
            layers.rows[layer].swap(place - 1, place);
            let swapped = nearby(layers);
            if swapped < found {
                found = swapped;
            } else {
                layers.rows[layer].swap(place - 1, place);
            }
        }
    }
}

fn crossings(layers: &Layers, gaps: &[Vec<usize>]) -> usize {
    let positions = positions(layers);
    gaps.iter().map(|gap| crossed(layers, &positions, gap)).sum()
}

/// How many pairs of lines cross between two layers.
fn crossed(layers: &Layers, positions: &[usize], gap: &[usize]) -> usize {
    let mut lines: Vec<(i64, i64)> =
        gap.iter().map(|link| ends(layers, positions, *link)).collect();
    lines.sort_unstable();
    let mut below: Vec<i64> = Vec::with_capacity(lines.len());
    let mut crossed = 0;
    for (_, end) in lines {
        let place = below.partition_point(|other| *other <= end);
        crossed += below.len() - place;
        below.insert(place, end);
    }
    crossed
}

/// Gives lines their places along the sides of nodes, in the order of their other ends.
fn spread(layers: &mut Layers, metrics: &Metrics) {
    let positions = positions(layers);
    let mut sides: Vec<[Vec<(i64, usize)>; 2]> = Vec::new();
    sides.resize_with(layers.vertices.len(), <[Vec<(i64, usize)>; 2]>::default);
    for number in 0..layers.links.len() {
        let (above, below) = ends(layers, &positions, number);
        let link = &layers.links[number];
        if link.upper_at.is_none() {
            sides[link.upper][1].push((below, number));
        }
        if link.lower_at.is_none() {
            sides[link.lower][0].push((above, number));
        }
    }
    for (vertex, sides) in sides.into_iter().enumerate() {
        for (side, mut lines) in sides.into_iter().enumerate() {
            lines.sort_unstable();
            let count = int(lines.len());
            let body = layers.vertices[vertex].body;
            let step = (body / (count + 1)).clamp(metrics.ports, 2 * metrics.ports);
            for (place, (_, link)) in lines.into_iter().enumerate() {
                let at = Some(body / 2 - (count - 1) * step / 2 + int(place) * step);
                let link = &mut layers.links[link];
                if side == 1 {
                    link.upper_at = at;
                } else {
                    link.lower_at = at;
                }
            }
        }
    }
}
