#[leverframe::machine]
pub mod till {
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid(#[sensitive] pub String);
    //~^ ERROR(sensitive) a sensitive field has a name: write `struct Paid { card: String }`
    #[transition(from = Open)] fn pay(card: String) -> Paid { Paid(card) }
}
