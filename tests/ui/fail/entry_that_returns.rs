#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[entry(On)] fn click() -> bool { true }
    //~^ ERROR(bool) an entry action returns nothing: what may fail belongs into the handler
}
