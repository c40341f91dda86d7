#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[sate(final)] pub struct On;
    //~^ ERROR(sate) cannot find attribute `sate` in this scope
    #[transition(from = Off)] fn press() -> On { On }
    //~^ ERROR(On) no state `On` is declared: mark a struct `On` with `#[state]`
}
