#[leverframe::machine(serde)]
pub mod lamp {
    #[context] pub struct Bulb;
    //~^ E0277 derive what is missing: `#[derive(serde::Serialize, serde::Deserialize)]`
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press(_bulb: &mut Bulb) -> On { On }
}
