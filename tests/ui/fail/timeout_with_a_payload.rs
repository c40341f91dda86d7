#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off, after = "30s")] fn press(force: u8) -> On { let _ = force; On }
    //~^ ERROR(force) a timeout carries nothing, as the clock sends it: take the parameter away
}
