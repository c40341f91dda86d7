#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off, by = human, after = "30s")] fn press() -> On { On }
    //~^ ERROR(human) a timeout comes by itself, and nobody decides on it: take `by` away, or `after`
}
