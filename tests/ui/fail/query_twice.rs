#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[query] fn hours() -> u8 { 0 }
    #[query] fn hours() -> u8 { 1 }
    //~^ ERROR(hours) `hours` is a query already: choose another name
}
