#[leverframe::machine(serde)]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn start_run() -> On { On }
    //~^ ERROR(start_run) `start_run` is a tool that every server has: choose another name
    #[query] fn get_history() -> u8 { 0 }
    //~^ ERROR(get_history) `get_history` is a tool that every server has: choose another name
}
