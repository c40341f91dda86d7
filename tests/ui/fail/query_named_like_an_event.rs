#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[query] fn press() -> u8 { 0 }
    //~^ ERROR(press) `press` is an event already: choose another name
}
