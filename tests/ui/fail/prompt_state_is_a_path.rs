#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[prompt(lamp::On)] fn help() -> String { String::new() }
    //~^ ERROR(lamp::On) a state is named by its plain name, as it is declared in this module
}
