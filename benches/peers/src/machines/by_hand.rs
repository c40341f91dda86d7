//! A `match`.

#[derive(Default)]
pub(crate) enum State {
    #[default]
    Idle,
    Loading,
    Running,
    Paused,
    Failed,
}

pub(crate) enum Event {
    Load,
    Start,
    Pause,
    Resume,
    Fail,
    Reset,
}

pub(crate) fn event(number: u8) -> Event {
    match number {
        0 => Event::Load,
        1 => Event::Start,
        2 => Event::Pause,
        3 => Event::Resume,
        4 => Event::Fail,
        _ => Event::Reset,
    }
}

pub(crate) fn take(state: &mut State, event: Event) -> bool {
    *state = match (&*state, event) {
        (State::Idle, Event::Load) => State::Loading,
        (State::Loading, Event::Start) | (State::Paused, Event::Resume) => State::Running,
        (State::Running, Event::Pause) => State::Paused,
        (State::Loading | State::Running | State::Paused, Event::Fail) => State::Failed,
        (State::Running | State::Paused | State::Failed, Event::Reset) => State::Idle,
        _ => return false,
    };
    true
}
