#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[prompt(Offf, On)] fn help() -> String { String::new() }
    //~^ ERROR(Offf) no state `Offf` is declared; did you mean `Off`?
}
