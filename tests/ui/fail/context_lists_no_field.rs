pub struct Bulb { pub hours: u32 }
#[leverframe::machine]
pub mod lamp {
    #[context(sensitive = [hour])] pub use crate::Bulb;
    //~^ E0609 no field `hour` on type `&Bulb`
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
