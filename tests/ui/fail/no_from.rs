#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition] fn press() -> On { On }
    //~^ ERROR(transition) a transition says where it starts: `#[transition(from = State)]`
    #[transition()] fn push() -> On { On }
    //~^ ERROR(transition()) a transition says where it starts: `#[transition(from = State)]`
}
