//! The typed and the runtime machine.

/// A player of something that is loaded first.
#[leverframe::machine]
pub mod player {
    /// Nothing is loaded.
    #[state(initial)]
    #[derive(Debug)]
    pub struct Idle;
    /// It is being loaded.
    #[state]
    #[derive(Debug)]
    pub struct Loading;
    /// It runs.
    #[state]
    #[derive(Debug)]
    pub struct Running;
    /// It stands still.
    #[state]
    #[derive(Debug)]
    pub struct Paused;
    /// It is broken.
    #[state]
    #[derive(Debug)]
    pub struct Failed;

    #[transition(from = Idle)]
    fn load() -> Loading {
        Loading
    }
    #[transition(from = Loading)]
    fn start() -> Running {
        Running
    }
    #[transition(from = Running)]
    fn pause() -> Paused {
        Paused
    }
    #[transition(from = Paused)]
    fn resume() -> Running {
        Running
    }
    #[transition(from = [Loading, Running, Paused])]
    fn fail() -> Failed {
        Failed
    }
    #[transition(from = [Running, Paused, Failed])]
    fn reset() -> Idle {
        Idle
    }
}

use player::{Event, Idle, Player, events};

pub(crate) fn new() -> Player {
    Player::new().into()
}

pub(crate) fn typed() -> Player<Idle> {
    Player::new()
}

pub(crate) fn event(number: u8) -> Event {
    match number {
        0 => events::Load.into(),
        1 => events::Start.into(),
        2 => events::Pause.into(),
        3 => events::Resume.into(),
        4 => events::Fail.into(),
        _ => events::Reset.into(),
    }
}

pub(crate) fn take(machine: &mut Player, event: Event) -> bool {
    machine.apply(event).is_ok()
}

/// One cycle of the typed machine.
pub(crate) fn cycle(machine: Player<Idle>) -> Player<Idle> {
    use std::hint::black_box;
    let running = black_box(black_box(machine).load()).start();
    let running = black_box(black_box(running).pause()).resume();
    black_box(black_box(running).fail()).reset()
}
