#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[query] fn works(off: &Off, on: &On) -> bool { true }
    //~^ ERROR(&On) a query is about one state at most
}
