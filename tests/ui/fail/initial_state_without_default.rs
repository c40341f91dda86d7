#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off { pub hours: u8 }
    //~^ E0277 Default
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
