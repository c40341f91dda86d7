#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off, by = robot)] fn press() -> On { On }
    //~^ ERROR(robot) a transition is `by = human`, or by anyone
}
