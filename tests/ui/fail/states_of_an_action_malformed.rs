#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[entry = On] fn click() {}
    //~^ ERROR(entry = On) `#[entry]` takes its arguments in parentheses: `#[entry(Draft, Waiting)]`
    #[exit(Off On)] fn clack() {}
    //~^ ERROR(On) several states have commas between them: `#[exit(Draft, Waiting)]`
    #[prompt("On")] fn help() -> String { String::new() }
    //~^ ERROR("On") a state is named by its plain name, as it is declared in this module
}
