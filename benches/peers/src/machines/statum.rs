//! statum, which has the typed form alone.

use std::hint::black_box;

use statum::{machine, state, transition};

#[state]
pub enum Phase {
    Idle,
    Loading,
    Running,
    Paused,
    Failed,
}

#[machine]
pub struct Player<Phase> {}

#[transition]
impl Player<Idle> {
    pub fn load(self) -> Player<Loading> {
        self.transition()
    }
}

#[transition]
impl Player<Loading> {
    pub fn start(self) -> Player<Running> {
        self.transition()
    }
}

#[transition]
impl Player<Running> {
    pub fn pause(self) -> Player<Paused> {
        self.transition()
    }
    pub fn fail(self) -> Player<Failed> {
        self.transition()
    }
}

#[transition]
impl Player<Paused> {
    pub fn resume(self) -> Player<Running> {
        self.transition()
    }
}

#[transition]
impl Player<Failed> {
    pub fn reset(self) -> Player<Idle> {
        self.transition()
    }
}

pub(crate) fn new() -> Player<Idle> {
    Player::<Idle>::builder().build()
}

/// One cycle of the typed machine.
pub(crate) fn cycle(machine: Player<Idle>) -> Player<Idle> {
    let running = black_box(black_box(machine).load()).start();
    let running = black_box(black_box(running).pause()).resume();
    black_box(black_box(running).fail()).reset()
}
