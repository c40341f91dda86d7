#[leverframe::machine]
pub mod lamp {
    #[state(initial = true)] pub struct Off;
    //~^ ERROR(initial) `initial` takes no value
    #[state = "final"] pub struct On;
    //~^ ERROR(state = "final") `#[state]` takes its arguments in parentheses: `#[state(initial)]`
    #[transition(from = Off)] fn press() -> On { On }
}
