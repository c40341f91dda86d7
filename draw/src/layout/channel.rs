//! The horizontal lines between two layers: which runs above which.
//!
//! A line comes down in one column, runs along a track, and goes on down in another column. Where a line goes down in the
//! column in which another one comes down, the latter has to turn off above. Among the orders that keep to this, one with
//! few crossings is taken.

use std::collections::BTreeSet;

use crate::metrics::int;

/// A line through the channel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    /// The column in which it comes down.
    pub(super) from: i32,
    /// The column in which it goes on.
    pub(super) to: i32,
}

/// The way of a line: the column and track at which it turns, one pair for each horizontal part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Way {
    /// The track of each horizontal part, and the column in which that part ends.
    pub(super) parts: Vec<(usize, i32)>,
}

/// A horizontal part of a line.
#[derive(Debug, Clone, Copy)]
struct Part {
    line: usize,
    from: i32,
    to: i32,
    /// Whether the line comes from the layer above, and whether it goes to the one below.
    is_first: bool,
    is_last: bool,
}

/// The ways of all lines, and the number of tracks.
pub(super) fn ways(lines: &[Line], free: i32) -> (Vec<Way>, usize) {
    let mut parts: Vec<Part> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.from != line.to)
        .map(|(number, line)| Part {
            line: number,
            from: line.from,
            to: line.to,
            is_first: true,
            is_last: true,
        })
        .collect();
    let order = loop {
        match sorted(&parts) {
            Ok(order) => break order,
            Err(stuck) => split(&mut parts, stuck, lines),
        }
    };
    let mut tracks: Vec<usize> = vec![0; parts.len()];
    let mut count = 0;
    for (place, part) in order.iter().enumerate() {
        let above = order[..place].iter().filter(|other| {
            touches(&parts[**other], &parts[*part], free) || must(&parts[**other], &parts[*part])
        });
        tracks[*part] = above.map(|other| tracks[*other] + 1).max().unwrap_or(0);
        count = count.max(tracks[*part] + 1);
    }
    let mut ways = vec![Way::default(); lines.len()];
    for part in order {
        ways[parts[part].line].parts.push((tracks[part], parts[part].to));
    }
    (ways, count)
}

/// Whether two parts would touch if they ran in one track.
fn touches(a: &Part, b: &Part, free: i32) -> bool {
    let span = |part: &Part| (part.from.min(part.to), part.from.max(part.to));
    let ((a1, a2), (b1, b2)) = (span(a), span(b));
    a1 < b2 + free && b1 < a2 + free
}

/// Whether the first part has to run above the second.
fn must(above: &Part, below: &Part) -> bool {
    if above.line == below.line {
        return above.is_first && !below.is_first;
    }
    above.is_first && below.is_last && above.from == below.to
}

/// How often two parts cross if the first runs above the second.
fn crossings(above: &Part, below: &Part) -> i32 {
    let within = |column: i32, part: &Part| {
        part.from.min(part.to) < column && column < part.from.max(part.to)
    };
    i32::from(within(above.to, below)) + i32::from(within(below.from, above))
}

/// The parts from top to bottom, or a part that has to run above and below others at once.
fn sorted(parts: &[Part]) -> Result<Vec<usize>, usize> {
    let count = parts.len();
    let mut waits = vec![0_usize; count];
    let mut cost = vec![0_i32; count];
    for (a, one) in parts.iter().enumerate() {
        for (b, other) in parts.iter().enumerate() {
            if a == b {
                continue;
            }
            waits[a] += usize::from(must(other, one));
            if touches(one, other, 0) {
                cost[a] += crossings(one, other) - crossings(other, one);
            }
        }
    }
    let mut left: BTreeSet<usize> = (0..count).collect();
    let mut order = Vec::with_capacity(count);
    while !left.is_empty() {
        let ready = left.iter().copied().filter(|part| waits[*part] == 0);
        let Some(next) = ready.min_by_key(|part| (cost[*part], *part)) else {
            let stuck =
                left.iter().copied().find(|part| parts[*part].is_first && parts[*part].is_last);
            return Err(stuck.unwrap_or_default());
        };
        left.remove(&next);
        order.push(next);
        for other in &left {
            waits[*other] -= usize::from(must(&parts[next], &parts[*other]));
            if touches(&parts[next], &parts[*other], 0) {
                cost[*other] -= crossings(&parts[*other], &parts[next])
                    - crossings(&parts[next], &parts[*other]);
            }
        }
    }
    Ok(order)
}

/// Takes a part over a column of its own, so that it may turn off above others and come in below them.
fn split(parts: &mut Vec<Part>, stuck: usize, lines: &[Line]) {
    let part = parts[stuck];
    let used: BTreeSet<i32> = lines
        .iter()
        .flat_map(|line| [line.from, line.to])
        .chain(parts.iter().flat_map(|part| [part.from, part.to]))
        .collect();
    let middle = i32::midpoint(part.from, part.to);
    // Among as many columns as are used, and one more, one is free.
    let column = (0..=int(used.len()))
        .map(|distance| middle + distance)
        .find(|column| !used.contains(column))
        .unwrap_or(middle);
    parts[stuck] = Part { to: column, is_last: false, ..part };
    parts.push(Part { from: column, is_first: false, ..part });
}
