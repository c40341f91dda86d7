#[leverframe::machine(serde)]
pub mod lamp {
    pub struct Unit;
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[query] fn hours(unit: Unit, #[default = 1] of: u8) -> u8 { drop(unit); of }
    //~^ E0277 derive what is missing: `#[derive(serde::Deserialize, schemars::JsonSchema)]`
}
