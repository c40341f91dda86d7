#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off, by = human, after = "30s")] fn press() -> On { On }
    //~^ ERROR(human) a timeout fires by itself, so nobody decides on it: remove `by` or `after`
}
