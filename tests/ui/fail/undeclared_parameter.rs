#[leverframe::machine]
pub mod lamp {
    #[context] pub struct Bulb;
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press(bulb: &mut Bulp) -> On { On }
    //~^ ERROR(&mut Bulp) `Bulp` is neither a state nor the context, and a payload is owned; did you mean `Bulb`?
}
