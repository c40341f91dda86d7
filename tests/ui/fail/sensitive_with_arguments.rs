#[leverframe::machine]
pub mod till {
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)]
    fn pay(#[sensitive(true)] card: String) -> Paid { drop(card); Paid }
    //~^ ERROR(sensitive(true)) `#[sensitive]` takes no arguments
}
