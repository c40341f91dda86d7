#[leverframe::machine(serde, version = 2)]
#[upgrade(since = 3, event(press = "push"))]
//~^ ERROR(3) the machine has version 2, which is before this upgrade: declare `#[machine(version = 3)]`
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
