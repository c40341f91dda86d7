#[leverframe::machine]
pub mod lamp {
    #[state(initial, parent = Inner)] pub struct Off;
    #[state(final)] pub struct On;
    #[superstate(parent = Outer)] pub struct Inner;
    //~^ ERROR(Outer) `Inner` is inside itself: its parents form a cycle
    #[superstate(parent = Inner)] pub struct Outer;
    //~^ ERROR(Inner) `Outer` is inside itself: its parents form a cycle
    #[transition(from = Off)] fn press() -> On { On }
}
