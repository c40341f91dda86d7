#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off, by = human, after = "30s")] fn press() -> On { On }
    //~^ ERROR(human) a timeout comes by itself, and nobody decides on it: take `by` away, or `after`
}
