#[leverframe::machine]
pub mod claim {
    #[context]
    pub struct Order { #[input] pub customer: String }
    //~^ ERROR(customer) `customer` is an input, which a server reads: declare the machine `#[machine(serde)]`
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn pay() -> Paid { Paid }
}
