#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[exit(Off)] fn click(loud: bool) { let _ = loud; }
    //~^ ERROR(bool) an exit action sees state and context: there is no payload then
}
