#[leverframe::machine]
pub mod lamp {
    #[context] pub struct Bulb;
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> Bulb { Bulb }
    //~^ ERROR(Bulb) a handler borrows the context and does not return it: take `&mut Bulb`
}
