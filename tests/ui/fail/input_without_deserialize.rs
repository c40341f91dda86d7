#[leverframe::machine(serde)]
pub mod claim {
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    pub struct Cents(pub u32);
    #[context] #[derive(Default, serde::Serialize, serde::Deserialize)]
    pub struct Order { #[input] pub cents: Cents }
    //~^ E0277 derive what is missing: `#[derive(serde::Deserialize, schemars::JsonSchema)]`
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn pay() -> Paid { Paid }
}
