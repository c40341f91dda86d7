#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[state] pub struct Broken;
    //~^ ERROR(Broken) `Broken` is unreachable: no transitions lead from `Off` to it; let one return `Broken`, or remove the state
    //~^^ ERROR(Broken) `Broken` is a dead end: nothing leads out of it; mark it `#[state(final)]`, or give it a transition
    #[transition(from = Off)] fn press() -> On { On }
}
