#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> Onn { Onn }
    //~^ ERROR(Onn) no state `Onn` is declared; did you mean `On`?
}
pub fn switch_on() -> lamp::Lamp<lamp::On> {
    lamp::Lamp::new().press()
}
