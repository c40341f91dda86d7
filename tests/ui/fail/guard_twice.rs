#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off, guard = [powered, powered])] fn press() -> On { On }
    //~^ ERROR(powered) `powered` guards this transition already
    #[guard] fn powered() -> bool { true }
}
