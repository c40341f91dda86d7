#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[query] fn hours() -> u8 { 0 }
    #[query] fn hours() -> u8 { 1 }
    //~^ ERROR(hours) `hours` is a query already: choose another name
}
