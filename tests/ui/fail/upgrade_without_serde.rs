#[leverframe::machine(version = 2)]
#[upgrade(since = 2, event(press = "push"))]
//~^ ERROR(2) an upgrade reads records, and this machine has no wire form: declare it `#[machine(serde)]`
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
