#[leverframe::machine(serde, version = 2)]
#[upgrade(since = 2, event(press = "push"), dropped("push"))]
//~^ ERROR("push") `push` has an upgrade in version 2 already: remove one
#[upgrade(since = 2, state(Off = "DARK"), state(On = "DARK"))]
//~^ ERROR("DARK") `DARK` has an upgrade in version 2 already: remove one
pub mod lamp {
    use leverframe::upgrade::Value;
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[upgrade(since = 2, event = press)] fn one(old: Value) -> Result<Value, String> { Ok(old) }
    #[upgrade(since = 2, event = press)] fn two(old: Value) -> Result<Value, String> { Ok(old) }
    //~^ ERROR(press) it has an upgrade in version 2 already: remove one
}
