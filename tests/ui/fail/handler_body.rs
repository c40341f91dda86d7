#[leverframe::machine(serde)]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On { pub percent: u8 }
    #[transition(from = Off)] fn press(percent: u8) -> On { On { percent: "100" } }
    //~^ E0308 mismatched types
    #[transition(from = Off)] fn push() -> Result<On, String> { On { percent: 1 } }
    //~^ E0308 mismatched types
}
