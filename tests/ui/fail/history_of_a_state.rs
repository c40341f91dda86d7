#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state] pub struct On;
    #[transition(from = Off)] fn press() -> History<On> { History(On) }
    //~^ ERROR(On) `On` is a state, and only a superstate has states inside: mark it `#[superstate]`
    #[transition(from = On)] fn release() -> Off { Off }
}
