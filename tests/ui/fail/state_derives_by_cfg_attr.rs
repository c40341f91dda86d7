#[leverframe::machine(serde)]
pub mod lamp {
    #[cfg_attr(all(), derive(Clone))]
    //~^ ERROR(#[cfg_attr(all(), derive(Clone))]) a state of `#[machine(serde)]` derives unconditionally, not by `cfg_attr`
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
