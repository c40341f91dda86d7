#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[transition(from = On)] fn release() -> Off { Off }
}
pub fn release() -> lamp::Lamp<lamp::Off> {
    lamp::Lamp::new().release()
    //~^ E0599 no method named `release` found
    //~^^ E0599 `Lamp<On>`
}
