#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press(on: &mut On) -> On { On }
    //~^ ERROR(&mut On) a handler sees the state that it leaves, which is `Off`
}
