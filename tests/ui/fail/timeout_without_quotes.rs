#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off, after = 30)] fn press() -> On { On }
    //~^ ERROR(30) a duration is a string: `after = "30s"`
}
