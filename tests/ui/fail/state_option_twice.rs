#[leverframe::machine]
pub mod lamp {
    #[state(initial, initial)] pub struct Off;
    //~^ ERROR(initial) `initial` is given already: remove one
    #[state(final, final)] pub struct On;
    //~^ ERROR(final) `final` is given already: remove one
    #[transition(from = Off)] fn press() -> On { On }
}
