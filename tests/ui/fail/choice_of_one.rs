#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[choice] pub enum Either { Only(On) }
    //~^ ERROR(Either) a choice has two branches or more: one target is returned as it is
    #[transition(from = Off)] fn press() -> On { On }
}
