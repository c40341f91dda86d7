#[leverframe::machine(serde)]
//~^ E0277 Bulb: serde::Deserialize
//~^^ E0277 Bulb: serde::Serialize
pub mod lamp {
    #[context] pub struct Bulb;
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press(_bulb: &mut Bulb) -> On { On }
}
