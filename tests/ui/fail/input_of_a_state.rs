#[leverframe::machine(serde)]
pub mod claim {
    #[state(initial)] #[derive(Default)]
    pub struct Open { #[input] pub customer: String }
    //~^ ERROR(input) `#[input]` marks a field of the context: the data of a state comes from the event that leads to it
    #[state(final)] pub struct Paid;
    #[transition(from = Open)]
    fn pay(#[input] cents: u32) -> Paid { let _ = cents; Paid }
    //~^ ERROR(input) `#[input]` marks a field of the context: a parameter is an argument without it
}
