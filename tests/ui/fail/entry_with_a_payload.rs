#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[exit(Off)] fn click(loud: bool) { let _ = loud; }
    //~^ ERROR(bool) an exit action sees state and context, but no payload
}
