#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = [Off, Off])] fn press() -> On { On }
    //~^ ERROR(Off) `Off` is in this list already
}
