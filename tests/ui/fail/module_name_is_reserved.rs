#[leverframe::machine]
pub mod state {
//~^ ERROR(state) `State` is the name of an item that `#[machine]` generates: name the machine with `#[machine(name = …)]`
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
