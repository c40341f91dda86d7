#[leverframe::machine]
pub mod lamp {
    #[state(initial, parent = Working)] pub struct Off;
    #[state(final)] pub struct On;
    #[superstate] pub struct Working { pub volts: u8 }
    //~^ ERROR({ pub volts: u8 }) a superstate has no data of its own: give it to its states, or to the context
    #[transition(from = Off)] fn press() -> On { On }
}
