#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On { pub percent: u8 }
    #[transition(from = Off)] fn press() -> On { On { percent: 100 } }
    #[query] fn percent(on: &On) -> u8 { on.percent }
}
pub fn percent() -> u8 {
    lamp::Lamp::new().percent()
    //~^ E0599 no method named `percent` found
    //~^^ E0599 `Lamp<On>`
}
