#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[query] async fn hours() -> u32 { 1 }
    //~^ ERROR(async) a query is not `async`: it is a plain function of state, context and payload; effects belong to the server
}
