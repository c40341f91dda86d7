#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state] pub struct On;
    //~^ ERROR(On) `On` is a dead end: nothing leads out of it; mark it `#[state(final)]`, or give it a transition
    #[transition(from = Off)] fn press() -> On { On }
    #[transition(from = On)] fn dim() {}
    #[transition(from = On)] fn restart() -> On { On }
}
pub fn press() -> lamp::Lamp<lamp::On> {
    lamp::Lamp::new().press()
}
