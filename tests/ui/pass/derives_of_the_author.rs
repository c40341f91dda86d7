//! What the author derives or writes by hand is not derived again.
#![deny(warnings)]
use serde::{Deserialize, Serialize};
#[leverframe::machine(serde)]
pub mod lamp {
    use super::*;
    #[context]
    #[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
    pub struct Notes {
        pub last: Option<On>,
    }
    #[state(initial)]
    #[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
    #[serde(default)]
    pub struct Off {
        pub hours: u32,
    }
    #[state]
    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    pub struct On {
        pub hours: u32,
    }
    #[allow(clippy::non_canonical_clone_impl)]
    impl Clone for On {
        fn clone(&self) -> Self {
            Self { hours: self.hours }
        }
    }
    #[state]
    #[derive(Clone)]
    pub struct Dim;
    impl serde::Serialize for Dim {
        fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            to.serialize_unit()
        }
    }
    #[state(final)]
    pub struct Broken(#[serde(skip)] pub u8, pub String);
    #[transition(from = Off)]
    fn press(notes: &mut Notes, off: &Off) -> On {
        let on = On { hours: off.hours };
        notes.last = Some(on.clone());
        on
    }
    #[transition(from = On)]
    fn dim() -> Dim {
        Dim
    }
    #[transition(from = _)]
    fn hit(how: String) -> Broken {
        Broken(1, how)
    }
}
pub fn wire<T: Clone + Serialize + for<'de> Deserialize<'de>>(_: T) {}
pub fn all() {
    wire(lamp::Off::default());
    wire(lamp::Dim);
    wire(lamp::State::from(lamp::Broken(0, String::new())));
    wire(lamp::Event::from(lamp::events::Press));
    wire(lamp::events::Hit { how: String::new() });
    wire(lamp::StateName::Off);
}
