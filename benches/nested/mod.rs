//! A machine with three levels of superstates, and the same moves in a `match`.

/// A door in a wall in a house in a street.
#[leverframe::machine]
pub mod nested {
    /// How often each boundary was crossed.
    #[context]
    #[derive(Debug, Default)]
    pub struct Crossed(pub u64);

    #[superstate]
    pub struct House;
    #[superstate(parent = House)]
    pub struct Floor;
    #[superstate(parent = Floor)]
    pub struct Room;
    #[state(initial)]
    #[derive(Debug)]
    pub struct Street;
    #[state(parent = Room)]
    #[derive(Debug)]
    pub struct Chair;
    #[state(parent = Room)]
    #[derive(Debug)]
    pub struct Bed;

    #[entry(House, Floor, Room)]
    fn cross_in(crossed: &mut Crossed) {
        crossed.0 = crossed.0.wrapping_add(1);
    }
    #[exit(House, Floor, Room)]
    fn cross_out(crossed: &mut Crossed) {
        crossed.0 = crossed.0.wrapping_add(1);
    }

    #[transition(from = Street)]
    fn arrive() -> Chair {
        Chair
    }
    #[transition(from = Chair)]
    fn lie_down() -> Bed {
        Bed
    }
    #[transition(from = House)]
    fn leave() -> Street {
        Street
    }
}

use nested::{Event, Nested};

/// The same in a `match`: entries and exits written where they happen.
#[derive(Default)]
pub(crate) struct Flat {
    state: u8,
    crossed: u64,
}

impl Flat {
    /// Whether the event was taken.
    pub(crate) fn take(&mut self, event: &Event) -> bool {
        let (state, crossings) = match (self.state, event) {
            (0, Event::Arrive(_)) => (1, 3),
            (1, Event::LieDown(_)) => (2, 0),
            (1 | 2, Event::Leave(_)) => (0, 3),
            _ => return false,
        };
        self.state = state;
        for _ in 0..crossings {
            self.crossed = self.crossed.wrapping_add(1);
        }
        true
    }
}

pub(crate) fn new() -> Nested {
    Nested::new(nested::Crossed::default()).into()
}

pub(crate) fn events() -> [Event; 3] {
    use nested::events;
    [events::Arrive.into(), events::LieDown.into(), events::Leave.into()]
}
