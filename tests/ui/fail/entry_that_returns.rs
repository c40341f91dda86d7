#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[entry(On)] fn click() -> bool { true }
    //~^ ERROR(bool) an entry action returns nothing: do what may fail in the handler
}
