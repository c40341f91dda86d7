#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press(hard: bool) -> On { drop(hard); On }
}
pub fn press() -> lamp::Lamp<lamp::On> {
    lamp::Lamp::new().press()
    //~^ E0061 1 argument
}
