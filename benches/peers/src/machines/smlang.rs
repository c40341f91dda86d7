//! smlang, which answers by a `Result`.

smlang::statemachine! {
    transitions: {
        *Idle + Load = Loading,
        Loading + Start = Running,
        Running + Pause = Paused,
        Paused + Resume = Running,
        Loading | Running | Paused + Fail = Failed,
        Running | Paused | Failed + Reset = Idle,
    }
}

pub struct Nothing;

impl StateMachineContext for Nothing {}

pub(crate) fn new() -> StateMachine<Nothing> {
    StateMachine::new(Nothing)
}

pub(crate) fn event(number: u8) -> Events {
    match number {
        0 => Events::Load,
        1 => Events::Start,
        2 => Events::Pause,
        3 => Events::Resume,
        4 => Events::Fail,
        _ => Events::Reset,
    }
}

pub(crate) fn take(machine: &mut StateMachine<Nothing>, event: Events) -> bool {
    machine.process_event(event).is_ok()
}
