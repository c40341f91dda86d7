#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
pub fn press(lamp: lamp::Lamp) -> lamp::Lamp<lamp::On> {
    lamp.press()
    //~^ E0599 no method named `press` found
}
