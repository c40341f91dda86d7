#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off, by = robot)] fn press() -> On { On }
    //~^ ERROR(robot) a transition is `by = human`, or by anyone
}
