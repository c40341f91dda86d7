#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[entry(On)] fn click(off: &Off) { let _ = off; }
    //~^ ERROR(&Off) an entry action sees the data of its own state, where it is of `Off` alone
}
