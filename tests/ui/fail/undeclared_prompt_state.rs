#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[prompt(Offf, On)] fn help() -> String { String::new() }
    //~^ ERROR(Offf) no state `Offf` is declared; did you mean `Off`?
}
