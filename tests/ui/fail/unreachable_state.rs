#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[state] pub struct Broken;
    //~^ ERROR(Broken) `Broken` is unreachable: no transitions lead from `Off` to it; let one return `Broken`, or remove the state
    #[transition(from = Off)] fn press() -> On { On }
    #[transition(from = Broken)] fn mend() -> Off { Off }
}
pub fn mend(broken: lamp::Lamp<lamp::Broken>) -> lamp::Lamp<lamp::Off> {
    broken.mend()
}
