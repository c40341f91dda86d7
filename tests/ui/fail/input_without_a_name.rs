#[leverframe::machine(serde)]
pub mod claim {
    #[context] #[derive(Default, serde::Serialize, serde::Deserialize)]
    pub struct Order(#[input] pub String);
    //~^ ERROR(String) an input has a name: write `struct Order { #[input] customer: String }`
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn pay() -> Paid { Paid }
}
