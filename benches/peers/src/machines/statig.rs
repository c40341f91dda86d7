//! statig by its traits; it answers nothing.

use statig::Outcome;
use statig::blocking::{self, IntoStateMachine, IntoStateMachineExt, StateMachine};

use super::by_hand::Event;

#[derive(Default)]
pub(crate) struct Shared;

pub(crate) enum State {
    Idle,
    Loading,
    Running,
    Paused,
    Failed,
}

impl IntoStateMachine for Shared {
    type Event<'evt> = Event;
    type Context<'ctx> = ();
    type State = State;
    type Superstate<'sub> = ();

    fn initial() -> State {
        State::Idle
    }
}

impl blocking::State<Shared> for State {
    fn call_handler(&mut self, _: &mut Shared, event: &Event, (): &mut ()) -> Outcome<State> {
        Outcome::Transition(match (self, event) {
            (State::Idle, Event::Load) => State::Loading,
            (State::Loading, Event::Start) | (State::Paused, Event::Resume) => State::Running,
            (State::Running, Event::Pause) => State::Paused,
            (State::Loading | State::Running | State::Paused, Event::Fail) => State::Failed,
            (State::Running | State::Paused | State::Failed, Event::Reset) => State::Idle,
            _ => return Outcome::Super,
        })
    }
}

pub(crate) fn new() -> StateMachine<Shared> {
    Shared.state_machine()
}

pub(crate) fn take(machine: &mut StateMachine<Shared>, event: Event) -> bool {
    machine.handle(&event);
    true
}
