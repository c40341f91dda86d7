#[leverframe::machine]
pub mod till {
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] #[sensitive] fn pay(card: String) -> Paid { drop(card); Paid }
    //~^ ERROR(sensitive) `#[sensitive]` marks a single value, not a whole `#[transition]`: put it on a part of an event's payload, on a field of a state, or on a field of the context
}
