#[leverframe::machine]
pub mod till {
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn pay() -> Paid { Paid }
    #[query] fn is_known(#[sensitive] card: String) -> bool { card.is_empty() }
    //~^ ERROR(card) an argument of a query is kept nowhere, so nothing redacts it: remove `#[sensitive]`
}
