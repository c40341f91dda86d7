//! Where each vertex stands within its layer, so that many lines are straight.
//!
//! Vertices that a straight line joins form a block, which moves as one. Straight lines never cross each other, so blocks
//! have an order from left to right.

mod ports;

use super::layers::{Kind, Layers};
use super::order::positions;
use crate::metrics::Metrics;

/// How often blocks are moved towards what they are joined to.
const SWEEPS: usize = 24;

/// How often blocks are moved together with those that are in their way.
const PUSHES: usize = 12;

/// The left side of each vertex. Lines move along the sides of nodes where that makes them straight.
pub(super) fn columns(layers: &mut Layers, metrics: &Metrics) -> Vec<i32> {
    let blocks = Blocks::new(layers, metrics);
    let mut places = blocks.start();
    for sweep in 0..SWEEPS {
        blocks.relax(&mut places, sweep % 2 == 0);
    }
    for sweep in 0..PUSHES {
        if !blocks.push(&mut places, sweep % 2 == 0) {
            break;
        }
    }
    let mut columns: Vec<i32> =
        (0..layers.vertices.len()).map(|vertex| blocks.left(&places, vertex)).collect();
    let standing = || layers.rows.iter().flatten();
    let left = standing().map(|vertex| columns[*vertex]).min().unwrap_or(0);
    for vertex in standing() {
        // Nothing stands to the left of the title.
        let is_title = layers.vertices[*vertex].kind == Kind::Title;
        columns[*vertex] = if is_title { 0 } else { columns[*vertex] - left };
    }
    ports::settle(layers, &columns, metrics);
    columns
}

struct Blocks {
    /// The block of each vertex, and how far right of it the vertex stands.
    of: Vec<(usize, i32)>,
    count: usize,
    /// How far right of one block another stands at least.
    apart: Vec<(usize, usize, i32)>,
    /// The blocks, each after all that stand left of it.
    order: Vec<usize>,
    /// For each block, the lines to others: the other one, and the difference of places that makes the line straight.
    lines: Vec<Vec<(usize, i32)>>,
    /// For each block, what `apart` has left and right of it.
    left: Vec<Vec<(usize, i32)>>,
    right: Vec<Vec<(usize, i32)>>,
}

impl Blocks {
    fn new(layers: &Layers, metrics: &Metrics) -> Self {
        let of = aligned(layers);
        let count = of.iter().map(|(block, _)| block + 1).max().unwrap_or(0);
        let mut blocks = Self {
            of,
            count,
            apart: Vec::new(),
            order: Vec::new(),
            lines: vec![Vec::new(); count],
            left: vec![Vec::new(); count],
            right: vec![Vec::new(); count],
        };
        for layer in &layers.rows {
            for pair in layer.windows(2) {
                let (a, b) = (pair[0], pair[1]);
                let free = around(layers, metrics, a).max(around(layers, metrics, b));
                let ((left, left_at), (right, right_at)) = (blocks.of[a], blocks.of[b]);
                let least = left_at + layers.vertices[a].w + free - right_at;
                blocks.apart.push((left, right, least));
                blocks.left[right].push((left, least));
                blocks.right[left].push((right, least));
            }
        }
        blocks.order = blocks.sorted();
        for link in &layers.links {
            let ((above, above_at), (below, below_at)) =
                (blocks.of[link.upper], blocks.of[link.lower]);
            if above != below {
                let upper = above_at + link.upper_at.unwrap_or(0);
                let lower = below_at + link.lower_at.unwrap_or(0);
                blocks.lines[above].push((below, lower - upper));
                blocks.lines[below].push((above, upper - lower));
            }
        }
        blocks
    }

    /// The blocks from left to right.
    fn sorted(&self) -> Vec<usize> {
        let mut waiting: Vec<usize> = self.left.iter().map(Vec::len).collect();
        let mut order: Vec<usize> = (0..self.count).filter(|block| waiting[*block] == 0).collect();
        let mut next = 0;
        while let Some(block) = order.get(next).copied() {
            next += 1;
            for (other, _) in &self.right[block] {
                waiting[*other] -= 1;
                if waiting[*other] == 0 {
                    order.push(*other);
                }
            }
        }
        order
    }

    fn left(&self, places: &[i32], vertex: usize) -> i32 {
        let (block, at) = self.of[vertex];
        places.get(block).copied().unwrap_or(0) + at
    }

    /// Each block in the middle of where it can be in the narrowest drawing.
    fn start(&self) -> Vec<i32> {
        let mut least = vec![0; self.count];
        for block in &self.order {
            let after = self.left[*block].iter().map(|(other, free)| least[*other] + free);
            least[*block] = after.max().unwrap_or(0);
        }
        let end = least.iter().copied().max().unwrap_or(0);
        let mut most = vec![end; self.count];
        for block in self.order.iter().rev() {
            let before = self.right[*block].iter().map(|(other, free)| most[*other] - free);
            most[*block] = before.min().unwrap_or(end);
        }
        least.iter().zip(&most).map(|(a, b)| i32::midpoint(*a, *b)).collect()
    }

    /// Moves each block towards the middle of the places at which one of its lines is straight.
    fn relax(&self, places: &mut [i32], from_left: bool) {
        let step = |block: usize, places: &mut [i32]| {
            let mut wishes: Vec<i32> =
                self.lines[block].iter().map(|(other, by)| places[*other] + by).collect();
            if wishes.is_empty() {
                return;
            }
            wishes.sort_unstable();
            // Everywhere between these two the lines are as short, and at each of them one is straight.
            let (a, b) = (wishes[(wishes.len() - 1) / 2], wishes[wishes.len() / 2]);
            let low = self.left[block].iter().map(|(other, free)| places[*other] + free).max();
            let high = self.right[block].iter().map(|(other, free)| places[*other] - free).min();
            let is_free = |wish: i32| {
                low.is_none_or(|low| low <= wish) && high.is_none_or(|high| wish <= high)
            };
            let wish = match (is_free(a), is_free(b)) {
                (true, true) if places[block].abs_diff(a) > places[block].abs_diff(b) => b,
                (true, _) => a,
                (false, true) => b,
                (false, false) => i32::midpoint(a, b),
            };
            let wish = low.map_or(wish, |low| wish.max(low));
            places[block] = high.map_or(wish, |high| wish.min(high));
        };
        if from_left {
            self.order.iter().for_each(|block| step(*block, places));
        } else {
            self.order.iter().rev().for_each(|block| step(*block, places));
        }
    }

    /// Moves blocks together with all that are in their way, where more lines get shorter than longer by it. Whether any
    /// has moved.
    fn push(&self, places: &mut [i32], is_right: bool) -> bool {
        let (sign, beyond) = if is_right { (1, &self.right) } else { (-1, &self.left) };
        let mut is_pushed = vec![false; self.count];
        let mut has_moved = false;
        for block in self.order.iter().copied() {
            let room = |places: &[i32], from: usize, (to, free): (usize, i32)| {
                sign * (places[to] - places[from]) - free
            };
            let mut pushed = vec![block];
            is_pushed[block] = true;
            let mut next = 0;
            while let Some(from) = pushed.get(next).copied() {
                next += 1;
                for pair in &beyond[from] {
                    if room(places, from, *pair) <= 0 && !is_pushed[pair.0] {
                        is_pushed[pair.0] = true;
                        pushed.push(pair.0);
                    }
                }
            }
            let (mut gain, mut most) = (0, i32::MAX);
            for from in &pushed {
                for (other, by) in self.lines[*from].iter().filter(|line| !is_pushed[line.0]) {
                    let wish = sign * (places[*other] + by - places[*from]);
                    gain += if wish > 0 { 1 } else { -1 };
                    most = if wish > 0 { most.min(wish) } else { most };
                }
                for pair in beyond[*from].iter().filter(|pair| !is_pushed[pair.0]) {
                    most = most.min(room(places, *from, *pair));
                }
            }
            for from in &pushed {
                is_pushed[*from] = false;
                if gain > 0 && most < i32::MAX {
                    places[*from] += sign * most;
                    has_moved = true;
                }
            }
        }
        has_moved
    }
}

fn around(layers: &Layers, metrics: &Metrics, vertex: usize) -> i32 {
    match layers.vertices[vertex].kind {
        Kind::Child(_) | Kind::Title => metrics.around.node,
        Kind::Label(_) => metrics.around.label,
        Kind::Port(_) | Kind::Bend => metrics.around.line,
    }
}

/// For each vertex, its block and its place in it: long lines are straight first, and no two straight lines cross.
fn aligned(layers: &Layers) -> Vec<(usize, i32)> {
    let positions = positions(layers);
    let count = layers.vertices.len();
    let mut is_taken = vec![[false; 2]; count];
    let mut straight: Vec<Option<usize>> = vec![None; count];
    for gap in layers.gaps() {
        let mut accepted: Vec<(usize, usize)> = Vec::new();
        let mut wanted = gap;
        wanted.sort_by_key(|link| {
            let link = &layers.links[*link];
            let (above, below) = (positions[link.upper], positions[link.lower]);
            (cost(layers, link.upper) + cost(layers, link.lower), above, below)
        });
        for number in wanted {
            let link = &layers.links[number];
            let (above, below) = (positions[link.upper], positions[link.lower]);
            let is_free = !is_taken[link.upper][1] && !is_taken[link.lower][0];
            let crosses = accepted.iter().any(|(a, b)| (*a < above) != (*b < below));
            if is_free && !crosses {
                accepted.push((above, below));
                is_taken[link.upper][1] = true;
                is_taken[link.lower][0] = true;
                straight[link.lower] = Some(number);
            }
        }
    }
    let mut of = vec![(usize::MAX, 0); count];
    let mut next = 0;
    for vertex in layers.rows.iter().flatten() {
        let block = straight[*vertex].map(|number| {
            let link = &layers.links[number];
            let (block, at) = of[link.upper];
            (block, at + link.upper_at.unwrap_or(0) - link.lower_at.unwrap_or(0))
        });
        of[*vertex] = block.unwrap_or_else(|| {
            next += 1;
            (next - 1, 0)
        });
    }
    // What stands in no layer has no place.
    for entry in &mut of {
        if entry.0 == usize::MAX {
            *entry = (0, 0);
        }
    }
    of
}

/// How little it matters that a line ends straight here.
fn cost(layers: &Layers, vertex: usize) -> u8 {
    match layers.vertices[vertex].kind {
        Kind::Bend | Kind::Label(_) => 0,
        Kind::Child(_) => 1,
        Kind::Port(_) | Kind::Title => 2,
    }
}
