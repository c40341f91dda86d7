#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial, parent = Working)] pub struct Off;
    //~^ ERROR(parent) `#[state]` has no option `parent`; it has `initial`, `final`
    #[state(final)] pub struct On;
    #[superstate] pub struct Working;
    //~^ ERROR(superstate) cannot find attribute `superstate` in this scope
    #[transition(from = Off)] fn press() -> On { On }
}
