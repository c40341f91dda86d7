pub mod house { pub struct State; pub struct Lamp; }
#[leverframe::machine]
pub mod lamp {
    use super::house::{self, State};
    //~^ ERROR(State) `State` is a name that `#[machine]` gives to an item of its own: choose another
    pub use house::Lamp as Typed;
    //~^ ERROR(Typed) `Typed` is a name that `#[machine]` gives to an item of its own: choose another
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
