#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final, parent = Working)] pub struct On;
    #[superstate] pub struct Working;
    #[transition(from = Off)] fn press() -> On { On }
    #[transition(from = Off)] fn push() -> Working { Working }
    //~^ ERROR(Working) `Working` is a superstate, and a transition leads to one state: name one inside
}
