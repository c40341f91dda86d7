#[leverframe::machine(serde, version = 2)]
#[upgrade(since = 2, state(Off = "VeryDark"))]
//~^ ERROR("VeryDark") records name states as on the wire: write "VERY_DARK"
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
