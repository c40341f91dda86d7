#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[entry] fn click() {}
    //~^ ERROR(click) an entry action names its states: `#[entry(Reading)]`, `#[exit(InReview)]`
}
