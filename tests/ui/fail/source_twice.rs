#[leverframe::machine]
pub mod lamp {
    #[context] pub struct Bulb;
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press(a: &Off, b: &Off) -> On { On }
    //~^ ERROR(&Off) a handler takes the source once: an earlier parameter takes it
    #[transition(from = Off)] fn push(a: &Bulb, b: &mut Bulb) -> On { On }
    //~^ ERROR(&mut Bulb) a handler takes the context once: an earlier parameter takes it
}
