#[leverframe::machine]
pub mod lamp {
    pub mod events {}
    //~^ ERROR(events) `events` is a name that `#[machine]` gives to an item of its own: choose another
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
