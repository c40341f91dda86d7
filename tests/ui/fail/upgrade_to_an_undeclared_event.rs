#[leverframe::machine(serde, version = 2)]
#[upgrade(since = 2, event(pres = "push"))]
//~^ ERROR(pres) no event `pres` is declared; did you mean `press`?
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[upgrade(since = 2, event = presss)]
    //~^ ERROR(presss) no event `presss` is declared; did you mean `press`?
    fn pressed(old: leverframe::upgrade::Value) -> Result<leverframe::upgrade::Value, String> { Ok(old) }
}
