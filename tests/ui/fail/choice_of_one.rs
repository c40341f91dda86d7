#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[choice] pub enum Either { Only(On) }
    //~^ ERROR(Either) a choice has two branches or more: one target is returned as it is
    #[transition(from = Off)] fn press() -> On { On }
}
