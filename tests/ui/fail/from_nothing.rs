#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = [])] fn press() -> On { On }
    //~^ ERROR([]) no state in `from`: name one, or write `from = _` for every state that is not final
}
pub fn switch_on() -> lamp::Lamp<lamp::On> {
    lamp::Lamp::new().press()
}
