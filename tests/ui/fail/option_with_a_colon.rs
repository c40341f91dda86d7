#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from: Off)] fn press() -> On { On }
    //~^ ERROR(:) `from` has the form `from = Draft`
    #[transition(from = Off, by == human)] fn push() -> On { On }
    //~^ ERROR(=) a transition is `by = human`, or by anyone
}
