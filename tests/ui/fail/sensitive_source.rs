#[leverframe::machine]
pub mod till {
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn pay(#[sensitive] open: &mut Open) -> Paid { let _ = open; Paid }
    //~^ ERROR(open) only a part of the payload is marked here: mark the fields of a state or of the context where they are declared
}
