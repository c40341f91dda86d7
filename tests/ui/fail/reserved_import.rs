pub mod house { pub struct State; pub struct Lamp; }
#[leverframe::machine]
pub mod lamp {
    use super::house::{self, State};
    //~^ ERROR(State) `State` is the name of an item that `#[machine]` generates: choose another
    pub use house::Lamp as Typed;
    //~^ ERROR(Typed) `Typed` is the name of an item that `#[machine]` generates: choose another
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
