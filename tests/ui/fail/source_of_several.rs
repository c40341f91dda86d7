#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state] pub struct On;
    #[state(final)] pub struct Broken;
    #[transition(from = Off)] fn press() -> On { On }
    #[transition(from = [Off, On])] fn hit(off: &mut Off) -> Broken { Broken }
    //~^ ERROR(&mut Off) a handler sees its source only where there is one source: give each source a clause of its own
    #[transition(from = _)] fn push(on: &mut On) -> Broken { Broken }
    //~^ ERROR(&mut On) a handler sees its source only where there is one source: give each source a clause of its own
}
