#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> super::lamp::On { On }
    //~^ ERROR(super::lamp::On) a handler returns the state that it leads to, by its plain name, `Result<State, Error>`, or nothing
}
