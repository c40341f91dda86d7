#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[query] fn hours() {}
    //~^ ERROR(hours) a query returns its answer
    #[query] fn days() -> Result<(), String> { Ok(()) }
    //~^ ERROR(days) a query returns its answer
    #[prompt] fn help() -> () {}
    //~^ ERROR(help) a prompt returns its answer
}
