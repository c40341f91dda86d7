#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off, from = _)] fn press() -> On { On }
    //~^ ERROR(from) `from` is given already: remove one
}
