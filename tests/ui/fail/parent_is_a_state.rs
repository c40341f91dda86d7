#[leverframe::machine]
pub mod lamp {
    #[state(initial, parent = On)] pub struct Off;
    //~^ ERROR(On) `On` is a state, and only a superstate has states inside: mark it `#[superstate]`
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
