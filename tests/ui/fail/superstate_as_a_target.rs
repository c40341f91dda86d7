#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final, parent = Working)] pub struct On;
    #[superstate] pub struct Working;
    #[transition(from = Off)] fn press() -> On { On }
    #[transition(from = Off)] fn push() -> Working { Working }
    //~^ ERROR(Working) `Working` is a superstate, and the target of a transition is a state: name one inside
}
