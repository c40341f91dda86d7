#[leverframe::machine(serde)]
pub mod claim {
    #[context] #[derive(Default, serde::Serialize, serde::Deserialize)]
    pub struct Order { #[default = 7] pub cents: u32 }
    //~^ ERROR(#[default = 7]) a default is of an input: mark the field `#[input]`, or give the value in `Default`
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn pay() -> Paid { Paid }
}
