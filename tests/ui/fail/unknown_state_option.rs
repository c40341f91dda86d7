#[leverframe::machine]
pub mod lamp {
    #[state(inital)] pub struct Off;
    //~^ ERROR(inital) `#[state]` has no option `inital`; did you mean `initial`?
    #[state(last)] pub struct On;
    //~^ ERROR(last) `#[state]` has no option `last`; it has `initial`, `final`, `parent = InReview`
    #[transition(from = Off)] fn press() -> On { On }
}
