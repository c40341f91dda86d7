#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press(reasons: Vec<_>) -> On { On }
    //~^ ERROR(_) a payload has a plain type: write it instead of `_`
}
