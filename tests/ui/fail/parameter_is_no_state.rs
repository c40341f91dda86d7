#[leverframe::machine]
pub mod lamp {
    pub struct Bulb;
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press(bulb: &mut Bulb) -> On { On }
    //~^ ERROR(&mut Bulb) `Bulb` is neither a state nor the context, and a payload is owned: take `Bulb`
}
