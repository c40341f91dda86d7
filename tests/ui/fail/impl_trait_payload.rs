#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press(reason: impl Into<String>) -> On { On }
    //~^ ERROR(impl Into<String>) a payload has a plain type: write it instead of `impl`
    #[transition(from = Off)] fn push(reasons: Vec<impl Into<String>>) -> On { On }
    //~^ ERROR(impl Into<String>) a payload has a plain type: write it instead of `impl`
}
