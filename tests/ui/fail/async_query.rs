#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[query] async fn hours() -> u32 { 1 }
    //~^ ERROR(async) a query is not `async`: it is a plain function of state, context and payload; effects belong to the server
}
