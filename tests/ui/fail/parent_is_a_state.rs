#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial, parent = On)] pub struct Off;
    //~^ ERROR(On) `On` is a state, and only a superstate has states inside: mark it `#[superstate]`
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
