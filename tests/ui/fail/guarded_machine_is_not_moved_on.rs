#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state] pub struct On;
    #[transition(from = Off, guard = powered)] fn press() -> On { On }
    #[transition(from = On)] fn release() -> Off { Off }
    #[guard] fn powered() -> bool { true }
}
pub fn on() -> lamp::Lamp<lamp::On> {
    lamp::Lamp::new().press()
    //~^ E0308 mismatched types
}
