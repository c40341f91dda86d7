#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition] fn press() -> On { On }
    //~^ ERROR(transition) a transition names its source: `#[transition(from = State)]`
    #[transition()] fn push() -> On { On }
    //~^ ERROR(transition()) a transition names its source: `#[transition(from = State)]`
}
