#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[superstate] pub struct Working;
    //~^ ERROR(Working) `Working` has no states inside: mark one `#[state(parent = Working)]`, or remove it
    #[transition(from = Off)] fn press() -> On { On }
}
