#[leverframe::machine(serde)]
pub mod claim {
    #[context] #[derive(Default, serde::Serialize, serde::Deserialize)]
    pub struct Order { #[input] #[input] pub customer: String, #[input(optional)] pub cents: u32 }
    //~^ ERROR(input) `#[input]` is given already: remove one
    //~^^ ERROR(input(optional)) `#[input]` takes no arguments; a default is written beside it: `#[default = 10]`
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn pay() -> Paid { Paid }
}
