#[leverframe::machine(serde)]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press(#[default = "hard"] force: u8) -> On { drop(force); On }
    //~^ E0308 mismatched types
}
