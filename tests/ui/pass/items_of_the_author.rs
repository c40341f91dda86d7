//! Items of the author's around the machine's own: in the module, and beside it under the same names.
#![deny(warnings)]
pub struct State;
pub struct Event;
pub struct Lamp;
pub mod events {}
pub fn both(_: State, _: Event, _: Lamp) {}
pub mod house {
    use super::*;
    fn percent() -> u8 {
        3
    }
    #[leverframe::machine(serde)]
    pub mod lamp {
        use super::*;
        #[state(initial)]
        pub struct Off;
        #[state]
        #[derive(Copy, Clone)]
        pub struct On;
        #[state]
        pub struct Dim {
            pub lamps: Vec<On>,
        }
        #[state(final)]
        pub struct Broken;
        #[transition(from = Off)]
        fn press(#[default = percent()] percent: u8) -> On {
            let _ = percent;
            On
        }
        #[transition(from = On)]
        fn press(percent: u8) -> Dim {
            let _ = percent;
            Dim { lamps: vec![On] }
        }
        #[transition(from = Dim)]
        fn press(percent: u8) -> Result<Broken, Box<dyn std::error::Error>> {
            let _ = percent;
            Ok(Broken)
        }
        #[transition(from = [On, Dim])]
        fn wait(until: std::time::Duration) -> Result<(), std::num::ParseIntError> {
            let _ = until;
            Ok(())
        }
        impl Drop for Dim {
            fn drop(&mut self) {}
        }
        impl super::Lamp {
            pub fn lit(lamp: Lamp<On>) -> StateName {
                Lamp::from(lamp).shine()
            }
        }
        impl Lamp {
            pub fn shine(&self) -> StateName {
                self.state().name()
            }
        }
        impl Lamp<On> {
            pub fn switch(self) -> Lamp<Dim> {
                self.press(percent())
            }
        }
    }
    pub fn switch(off: lamp::Lamp<lamp::Off>) -> lamp::Lamp<lamp::Dim> {
        super::both(State, Event, Lamp);
        off.press(1).switch()
    }
}
