#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> super::lamp::On { On }
    //~^ ERROR(super::lamp::On) a handler returns its target state by its plain name, a `Result<State, Error>`, or nothing
}
