#[leverframe::machine(serde)]
pub mod claim {
    #[context] #[derive(serde::Serialize, serde::Deserialize)]
    pub struct Order { #[input] pub cents: u32 }
    //~^ E0277 `Order: Default` is not satisfied
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn pay() -> Paid { Paid }
}
