#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial, initial)] pub struct Off;
    //~^ ERROR(initial) `initial` is given already: once is enough
    #[state(final, final)] pub struct On;
    //~^ ERROR(final) `final` is given already: once is enough
    #[transition(from = Off)] fn press() -> On { On }
}
