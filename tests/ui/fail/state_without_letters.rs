#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct __;
    //~^ ERROR(__) `__` is no name on the wire: choose another
    #[transition(from = Off)] fn press() -> __ { __ }
}
