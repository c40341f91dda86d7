#[leverframe::machine]
pub mod lamp {
    #[state(initial, parent = Working)] pub struct Off;
    #[state(final, parent = Working)] pub struct On;
    #[superstate] pub struct Working;
    #[transition(from = Working)] fn press() -> On { On }
    //~^ ERROR(Working) `On` is final, and a final state has no transitions: remove it from `from`, or make it an ordinary state
}
