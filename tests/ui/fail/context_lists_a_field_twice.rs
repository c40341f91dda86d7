pub struct Bulb { pub hours: u32 }
#[leverframe::machine]
pub mod lamp {
    #[context(sensitive = [hours, hours])] pub use crate::Bulb;
    //~^ ERROR(hours) `hours` is listed already: remove one
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
