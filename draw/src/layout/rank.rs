//! In which layer each child of a container stands.

/// The layers of `count` children with these pairs of source and target, so that most pairs lead down. The children in
/// `first`, with which the machine starts, stand above all others that they lead to.
pub(super) fn ranks(count: usize, pairs: &[(usize, usize)], first: &[usize]) -> Vec<usize> {
    let order = order(count, pairs, first);
    let mut place = vec![0; count];
    for (position, child) in order.iter().enumerate() {
        place[*child] = position;
    }
    let mut down: Vec<(usize, usize)> = pairs
        .iter()
        .map(|&(from, to)| if place[from] < place[to] { (from, to) } else { (to, from) })
        .collect();
    down.sort_unstable();
    let mut ranks = vec![0; count];
    for child in &order {
        let above = down.iter().filter(|(_, lower)| lower == child);
        ranks[*child] = above.map(|(upper, _)| ranks[*upper] + 1).max().unwrap_or(0);
    }
    shorten(&order, &down, &mut ranks);
    ranks
}

/// An order of the children in which few pairs lead back: the order of the declaration, each child moved to its best place.
fn order(count: usize, pairs: &[(usize, usize)], first: &[usize]) -> Vec<usize> {
    let others = (0..count).filter(|child| !first.contains(child));
    let mut order: Vec<usize> = first.iter().copied().chain(others).collect();
    let mut weight = vec![vec![0_i32; count]; count];
    for &(from, to) in pairs {
        weight[from][to] += 1;
    }
    for _ in 0..4 {
        let mut has_moved = false;
        for child in 0..count {
            let Some(at) = order.iter().position(|other| *other == child) else { continue };
            let (gain, best) = best_place(&order, &weight, at, first.len());
            if gain > 0 && at >= first.len() {
                order.remove(at);
                order.insert(best, child);
                has_moved = true;
            }
        }
        if !has_moved {
            break;
        }
    }
    order
}

/// How many fewer pairs lead back if the child at `at` moves, and where to; the first ones stay.
fn best_place(order: &[usize], weight: &[Vec<i32>], at: usize, first: usize) -> (i32, usize) {
    let child = order[at];
    let mut best = (0, at);
    let mut gain = 0;
    for (position, other) in order.iter().enumerate().skip(at + 1) {
        gain += weight[*other][child] - weight[child][*other];
        if gain > best.0 {
            best = (gain, position);
        }
    }
    gain = 0;
    for (position, other) in order.iter().enumerate().take(at).skip(first).rev() {
        gain += weight[child][*other] - weight[*other][child];
        if gain > best.0 {
            best = (gain, position);
        }
    }
    best
}

/// Moves children with more lines below than above towards those below.
fn shorten(order: &[usize], down: &[(usize, usize)], ranks: &mut [usize]) {
    for child in order.iter().rev() {
        let below = || down.iter().filter(|(upper, _)| upper == child);
        let above = down.iter().filter(|(_, lower)| lower == child).count();
        let nearest = below().map(|(_, lower)| ranks[*lower]).min();
        if let Some(nearest) = nearest
            && below().count() > above
        {
            ranks[*child] = nearest - 1;
        }
    }
}
