#![deny(unused_must_use)]
#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
pub fn press() {
    lamp::Lamp::new().press();
    //~^ unused_must_use unused `Lamp` that must be used
}
