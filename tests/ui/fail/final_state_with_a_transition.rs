#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[transition(from = On)] fn dim() {}
    //~^ ERROR(On) `On` is final, and a final state has no transitions: remove it from `from`, or make it an ordinary state
    #[transition(from = [Off, On])] fn push() -> On { On }
    //~^ ERROR(On) `On` is final, and a final state has no transitions: remove it from `from`, or make it an ordinary state
}
pub fn dim(on: &mut lamp::Lamp<lamp::On>) {
    on.dim();
}
