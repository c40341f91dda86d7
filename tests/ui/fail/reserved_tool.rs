#[leverframe::machine(serde)]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn start_run() -> On { On }
    //~^ ERROR(start_run) `start_run` is a tool that every server has: choose another name
    #[query] fn get_history() -> u8 { 0 }
    //~^ ERROR(get_history) `get_history` is a tool that every server has: choose another name
}
