//! Machines made by chance.

use std::time::Duration;

use fastrand::Rng;

use crate::{State, Statechart, Target, Task, Transition};

/// A machine with this many states, superstates included.
pub(super) fn random(seed: u64, count: usize) -> Statechart {
    let mut rng = Rng::with_seed(seed);
    let superstates = if count < 3 { 0 } else { rng.usize(0..=count / 3) };
    let leaves = count - superstates;
    let mut states = Vec::new();
    for number in 0..count {
        let is_superstate = number >= leaves;
        // Superstates are inside later ones.
        let first = if is_superstate { number + 1 } else { leaves };
        let parent = (first < count && rng.u8(0..4) > 0).then(|| rng.usize(first..count));
        states.push(State {
            name: word(&mut rng, 14).to_uppercase(),
            docs: String::new(),
            parent,
            is_superstate,
            is_final: !is_superstate && number > 0 && rng.u8(0..8) == 0,
        });
    }
    let mut transitions = Vec::new();
    for number in 0..count * 3 / 2 {
        let from = (0..rng.usize(1..=3)).map(|_| rng.usize(0..count)).collect::<Vec<_>>();
        let mut from: Vec<usize> =
            from.into_iter().filter(|state| !states[*state].is_final).collect();
        from.sort_unstable();
        from.dedup();
        let to = match rng.u8(0..12) {
            0 => Vec::new(),
            1 if superstates > 0 => vec![Target::History(rng.usize(leaves..count))],
            2 => vec![Target::State(rng.usize(0..leaves)), Target::State(rng.usize(0..leaves))],
            _ => vec![Target::State(rng.usize(0..leaves))],
        };
        transitions.push(Transition {
            event: format!("{}_{number}", word(&mut rng, 16)),
            guards: if rng.u8(0..4) == 0 { vec![word(&mut rng, 18)] } else { Vec::new() },
            approvals: rng.u8(0..5) / 3,
            after: (rng.u8(0..6) == 0).then(|| Duration::from_secs(rng.u64(1..1_000_000))),
            from,
            to,
            ..Transition::default()
        });
    }
    let tasks = vec![Task { name: word(&mut rng, 8), state: 0, outcomes: Vec::new() }];
    let name = word(&mut rng, 10);
    Statechart {
        name,
        states,
        initial: rng.usize(0..leaves),
        transitions,
        tasks,
        ..Statechart::default()
    }
}

fn word(rng: &mut Rng, most: usize) -> String {
    (0..rng.usize(1..=most)).map(|_| rng.lowercase()).collect()
}
