#[leverframe::machine(serde)]
pub mod lamp {
    pub struct Force(pub u8);
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press(force: Force, #[default = 1] times: u8) -> On { drop((force, times)); On }
    //~^ E0277 derive what is missing: `#[derive(Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]`
    #[transition(from = Off)] fn push(force: Force) -> On { drop(force); On }
}
