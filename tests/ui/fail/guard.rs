#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off, guard = powered)] fn press() -> On { On }
    //~^ ERROR(guard) `#[transition]` has no option `guard`; it has `from`
    #[guard] fn powered() -> bool { true }
    //~^ ERROR(guard) cannot find attribute `guard` in this scope
}
