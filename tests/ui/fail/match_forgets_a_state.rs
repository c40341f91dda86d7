#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
pub fn is_off(lamp: lamp::Lamp) -> bool {
    match lamp.into_typed() {
    //~^ E0004 On(_)
        lamp::Typed::Off(_) => true,
    }
}
