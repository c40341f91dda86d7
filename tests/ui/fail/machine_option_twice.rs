#[leverframe::machine(serde, serde)]
//~^ ERROR(serde) `serde` is given already: remove one
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
