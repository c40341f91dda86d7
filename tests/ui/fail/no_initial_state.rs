#[leverframe::machine]
pub mod lamp {
//~^ ERROR(lamp) no initial state: mark the one in which the machine starts `#[state(initial)]`
    #[state] pub struct Broken;
    #[state] pub struct Off;
    #[state] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[transition(from = On)] fn press() -> Off { Off }
    #[transition(from = Broken)] fn press() -> Off { Off }
}
pub fn press(off: lamp::Lamp<lamp::Off>) -> lamp::Lamp<lamp::On> {
    off.press()
}
