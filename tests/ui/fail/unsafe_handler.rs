#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] unsafe fn press() -> On { On }
    //~^ ERROR(unsafe) a handler is not `unsafe`: the machine calls it freely
}
