#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(initial)] pub struct On;
    //~^ ERROR(initial) a machine starts in one state, and `Off` is marked initial already
    #[state(final)] pub struct Broken;
    #[transition(from = On)] fn press() -> Off { Off }
    #[transition(from = Off)] fn hit() -> Broken { Broken }
}
pub fn press(on: lamp::Lamp<lamp::On>) -> lamp::Lamp<lamp::Off> {
    on.press()
}
