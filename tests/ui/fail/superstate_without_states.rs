#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[superstate] pub struct Working;
    //~^ ERROR(Working) `Working` has no states inside: mark one `#[state(parent = Working)]`, or remove it
    #[transition(from = Off)] fn press() -> On { On }
}
