#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> Result<On, impl std::fmt::Display> { Err("") }
    //~^ ERROR(impl std::fmt::Display) an error has a plain type: write it instead of `impl`
    #[transition(from = Off)] fn push(off: &Off) -> Result<On, &str> { Err("") }
    //~^ ERROR(&str) an error is owned: take it by value, such as `String` for `&str`
}
