#[leverframe::machine(serde, serde)]
//~^ ERROR(serde) `serde` is given already: once is enough
//~^^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
