//! A machine in which the rules of overriding, of leaving and of remembering all matter.

use leverframe::{Machine, Parts, Refused};
use serde_json::to_string;

use super::Samples;

#[leverframe::machine(serde)]
pub(crate) mod tangle {
    #[context]
    #[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
    pub struct Switches {
        pub lid: bool,
        pub key: bool,
        pub beeps: u8,
    }

    #[superstate(default = Humming)]
    pub struct Powered;
    #[superstate(parent = Powered)]
    pub struct Working;
    #[state(initial, parent = Powered)]
    pub struct Standby;
    #[state(parent = Working)]
    #[derive(Default)]
    pub struct Humming;
    #[state(parent = Working)]
    pub struct Racing;
    #[state]
    pub struct Off;
    #[superstate]
    pub struct Bin;
    #[state(parent = Bin)]
    pub struct Sorted;
    #[state(final, parent = Bin)]
    pub struct Shredded;
    #[state(final)]
    pub struct Sold;

    #[choice]
    pub enum Gear {
        Up(Racing),
        Down(Humming),
        Out(Off),
    }

    /// The lid is shut.
    #[guard]
    fn lid_is_shut(switches: &Switches) -> bool {
        switches.lid
    }
    /// The key is in.
    #[guard]
    fn key_is_in(switches: &Switches) -> bool {
        switches.key
    }

    #[transition(from = [Powered, Off])]
    fn set(switches: &mut Switches, lid: bool, key: bool) {
        (switches.lid, switches.key) = (lid, key);
    }
    /// Where the lid is open, nothing happens in `Racing`: its clause overrides that of `Powered`.
    #[transition(from = Powered)]
    fn press() -> Off {
        Off
    }
    #[transition(from = Racing, guard = lid_is_shut)]
    fn press() -> Humming {
        Humming
    }
    #[transition(from = Powered)]
    fn wake() -> Racing {
        Racing
    }
    #[transition(from = Working, guard = [lid_is_shut, key_is_in])]
    fn shift(gear: u8) -> Result<Gear, &'static str> {
        match gear {
            0 => Ok(Gear::Out(Off)),
            1 => Ok(Gear::Down(Humming)),
            2 => Ok(Gear::Up(Racing)),
            _ => Err("no such gear"),
        }
    }
    #[transition(from = [Off, Standby])]
    fn resume(really: bool) -> History<Powered> {
        let _ = really;
        History(Powered)
    }
    #[transition(from = Working)]
    fn resume(really: bool) -> Result<History<Powered>, &'static str> {
        if really { Ok(History(Powered)) } else { Err("stay") }
    }
    #[transition(from = Powered, after = "14d")]
    fn doze() -> Off {
        Off
    }
    #[transition(from = Humming, after = "1h")]
    fn doze() -> Standby {
        Standby
    }
    #[transition(from = Working, after = "90s")]
    fn beep(switches: &mut Switches) {
        switches.beeps = switches.beeps.wrapping_add(1);
    }
    #[transition(from = Working, after = "90s", guard = key_is_in)]
    fn cool() -> Standby {
        Standby
    }
    #[transition(from = Powered)]
    fn check(switches: &Switches) -> Result<(), &'static str> {
        if switches.lid { Ok(()) } else { Err("the lid is open") }
    }
    #[transition(from = Humming)]
    fn check() -> Humming {
        Humming
    }
    #[transition(from = [Powered, Off], by = human(2))]
    fn sell() -> Sold {
        Sold
    }
    #[transition(from = Off)]
    fn discard() -> Sorted {
        Sorted
    }
    #[transition(from = Sorted)]
    fn shred() -> Shredded {
        Shredded
    }
    #[transition(from = Sorted)]
    fn resume(really: bool) -> History<Powered> {
        let _ = really;
        History(Powered)
    }
}

pub(super) fn samples() -> Samples<tangle::Tangle> {
    use tangle::{
        Event, Humming, Memory, Off, Racing, Shredded, Sold, Sorted, Standby, State, Switches,
        Tangle, events,
    };
    Samples {
        machines: || {
            let states = || -> [State; 7] {
                [
                    Standby.into(),
                    Humming.into(),
                    Racing.into(),
                    Off.into(),
                    Sorted.into(),
                    Shredded.into(),
                    Sold.into(),
                ]
            };
            let machine = |state, last_powered, shut| -> Tangle {
                let context = Switches { lid: shut, key: shut, beeps: 0 };
                Parts { state, context, history: Memory { last_powered } }.into()
            };
            let remembered =
                [(None, false), (Some(Racing.into()), true), (Some(Standby.into()), true)];
            let of = |(last, shut): (Option<State>, bool)| {
                states().map(|state| machine(state, last.clone(), shut))
            };
            remembered.into_iter().flat_map(of).collect()
        },
        events: || {
            let set = |lid, key| -> Event { events::Set { lid, key }.into() };
            let mut all: Vec<Event> = vec![
                set(true, true),
                set(true, false),
                set(false, true),
                events::Press.into(),
                events::Wake.into(),
                events::Resume { really: true }.into(),
                events::Resume { really: false }.into(),
                events::Doze.into(),
                events::Beep.into(),
                events::Cool.into(),
                events::Check.into(),
                events::Sell.into(),
                events::Discard.into(),
                events::Shred.into(),
            ];
            all.extend([0, 1, 2, 3].map(|gear| Event::from(events::Shift { gear })));
            all
        },
        typed: |machine, event| match machine.into_typed().fire(event) {
            Ok(typed) => Ok(typed.into()),
            Err(Refused { machine, refusal }) => Err(Refused { machine: machine.into(), refusal }),
        },
        value: |machine| to_string(machine.parts()).expect("JSON"),
    }
}
