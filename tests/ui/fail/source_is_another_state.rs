#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press(on: &mut On) -> On { On }
    //~^ ERROR(&mut On) a handler sees its source, which is `Off`
}
