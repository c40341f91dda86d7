#[leverframe::machine(serde, version = 2)]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[upgrade(since = 2, payload = press)] fn one(old: u8) -> Result<u8, String> { Ok(old) }
    //~^ ERROR(payload) a function that rewrites old values names the version that has the new form and what it rewrites: `since = 2, event = submit`, `since = 2, state = Reading` or `since = 2, context`
    #[upgrade(since = 2, context)] fn two(old: u8) -> u8 { old }
    //~^ ERROR(two) a function that rewrites old values has the form `fn name(old: Value) -> Result<Value, String>`, with `leverframe::upgrade::Value`
}
