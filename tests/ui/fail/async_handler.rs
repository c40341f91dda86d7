#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] async fn press() -> On { On }
    //~^ ERROR(async) a handler is not `async`: it is a plain function of state, context and payload; effects belong to the server
}
pub fn switch_on() -> lamp::Lamp<lamp::On> {
    lamp::Lamp::new().press()
}
