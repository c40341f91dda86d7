#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] extern "C" fn press() -> On { On }
    //~^ ERROR(extern "C") a handler is a plain Rust function: remove the ABI
}
