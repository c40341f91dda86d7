#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press(run: bool) -> On { drop(run); On }
    //~^ ERROR(run) `run` is an argument that the server gives every tool: choose another name
    #[query] fn hours(request_key: u32) -> u32 { request_key }
    //~^ ERROR(request_key) `request_key` is an argument that the server gives every tool: choose another name
}
