#[leverframe::machine(serde)]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[cfg_attr(all(), derive(Clone))]
    //~^ ERROR(#[cfg_attr(all(), derive(Clone))]) a state of `#[machine(serde)]` derives outright, not by `cfg_attr`
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
