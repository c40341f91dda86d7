#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off, after = "30s")] fn press(force: u8) -> On { let _ = force; On }
    //~^ ERROR(force) a timeout has no payload, since the clock sends it: remove the parameter
}
