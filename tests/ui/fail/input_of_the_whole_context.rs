#[leverframe::machine(serde)]
pub mod claim {
    #[context] #[input] #[derive(Default, serde::Serialize, serde::Deserialize)]
    //~^ ERROR(input) `#[input]` marks a single field of the context, not a whole `#[context]`: put it on a field
    pub struct Order { pub customer: String }
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn pay() -> Paid { Paid }
}
