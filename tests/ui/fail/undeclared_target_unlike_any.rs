#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> Shining { Shining }
    //~^ ERROR(Shining) no state `Shining` is declared: mark a struct `Shining` with `#[state]`
}
