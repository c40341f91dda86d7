#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[prompt(On, On)] fn help() -> String { String::new() }
    //~^ ERROR(On) `On` is in this list already
}
