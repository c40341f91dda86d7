#[leverframe::machine]
pub mod lamp {
    #[state(initial, parent = Working)] pub struct Off;
    #[state(final, parent = Working)] pub struct On;
    #[superstate] pub struct Working;
    #[transition(from = Working)] fn press() -> On { On }
    //~^ ERROR(Working) `On` is final, and nothing happens in a final state: take it out of `from`, or make it an ordinary state
}
