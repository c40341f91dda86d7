#[leverframe::machine(serde, version = 2)]
pub mod lamp {
    use leverframe::upgrade::Value;
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[upgrade(since = 2, context)] fn old(old: Value) -> Result<Value, String> { Ok(old) }
    //~^ ERROR(context) the machine has no context: mark a struct `#[context]`
}
