#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[prompt(lamp::On)] fn help() -> String { String::new() }
    //~^ ERROR(lamp::On) a state is named by its plain name, as it is declared in this module
}
