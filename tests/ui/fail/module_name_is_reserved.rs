#[leverframe::machine]
pub mod state {
//~^ ERROR(state) `State` is a name that `#[machine]` gives to an item of its own: name the machine with `#[machine(name = …)]`
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
