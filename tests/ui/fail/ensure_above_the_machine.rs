#[leverframe::ensure(always_reachable = On)]
//~^ ERROR(#[leverframe::ensure(always_reachable = On)]) `#[ensure]` stands below `#[leverframe::machine]`, on the same module
#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
