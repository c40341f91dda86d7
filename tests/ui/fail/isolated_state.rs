#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[state] pub struct Broken;
    #[transition(from = Off)] fn press() -> On { On }
}
