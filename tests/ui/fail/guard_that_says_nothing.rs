#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off, guard = powered)] fn press() -> On { On }
    #[guard] fn powered() -> u8 { 1 }
    //~^ ERROR(powered) a guard returns `bool`, or `Result<(), Reason>` with the reason why not
}
