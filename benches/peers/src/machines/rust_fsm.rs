//! rust-fsm, which answers by a `Result`.

rust_fsm::state_machine! {
    pub(crate) player(Idle)

    Idle(Load) => Loading,
    Loading => { Start => Running, Fail => Failed },
    Running => { Pause => Paused, Fail => Failed, Reset => Idle },
    Paused => { Resume => Running, Fail => Failed, Reset => Idle },
    Failed(Reset) => Idle,
}

pub(crate) use player::{Input, StateMachine};

pub(crate) fn event(number: u8) -> Input {
    match number {
        0 => Input::Load,
        1 => Input::Start,
        2 => Input::Pause,
        3 => Input::Resume,
        4 => Input::Fail,
        _ => Input::Reset,
    }
}

pub(crate) fn take(machine: &mut StateMachine, event: Input) -> bool {
    machine.consume(&event).is_ok()
}
