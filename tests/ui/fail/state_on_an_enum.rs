#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    /// Shining.
    #[state(final)]
    #[derive(Debug)]
    pub enum On { Dim, Bright }
    //~^ ERROR(On) `#[state]` goes on a struct, with or without data
    #[transition(from = Off)] fn press() -> On { On::Dim }
}
