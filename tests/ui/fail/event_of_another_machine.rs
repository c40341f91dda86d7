#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
pub struct Press;
pub fn press(lamp: &mut lamp::Lamp) {
    let _ = lamp.apply(Press);
    //~^ E0277 From<Press>
}
