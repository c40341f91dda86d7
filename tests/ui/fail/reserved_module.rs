#[leverframe::machine]
pub mod lamp {
    pub mod events {}
    //~^ ERROR(events) `events` is the name of an item that `#[machine]` generates: choose another
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
