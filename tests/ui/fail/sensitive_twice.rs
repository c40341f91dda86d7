#[leverframe::machine]
pub mod till {
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid { #[sensitive] #[sensitive] pub card: String }
    //~^ ERROR(sensitive) `#[sensitive]` is given already: remove one
    #[transition(from = Open)]
    fn pay(#[sensitive] #[sensitive] card: String) -> Paid { Paid { card } }
    //~^ ERROR(sensitive) `#[sensitive]` is given already: remove one
}
