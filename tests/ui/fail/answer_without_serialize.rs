#[leverframe::machine(serde)]
pub mod lamp {
    pub struct Hours(pub u32);
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[query] fn hours() -> Hours { Hours(1) }
    //~^ E0277 derive what is missing: `#[derive(serde::Serialize)]`
    #[query] fn all() -> Result<Vec<Hours>, String> { Ok(vec![Hours(1)]) }
    //~^ E0277 derive what is missing: `#[derive(serde::Serialize)]`
}
