#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
pub fn press() {
    let lamp = lamp::Lamp::new();
    let _on = lamp.press();
    let _again = lamp.press();
    //~^ E0382 `lamp`
}
