#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] unsafe fn press() -> On { On }
    //~^ ERROR(unsafe) a handler is not `unsafe`: the machine calls it freely
}
