#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[entry] fn click() {}
    //~^ ERROR(click) an entry action says of which states: `#[entry(Reading)]`, `#[exit(InReview)]`
}
