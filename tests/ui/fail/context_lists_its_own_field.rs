#[leverframe::machine]
pub mod lamp {
    #[context(sensitive = [hours])] pub struct Bulb { pub hours: u32 }
    //~^ ERROR(hours) the context is declared here: mark its field `hours` with `#[sensitive]` instead
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
