#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off, guard = powerd)] fn press() -> On { On }
    //~^ ERROR(powerd) no guard `powerd` is declared; did you mean `powered`?
    #[transition(from = Off, guard = warm)] fn push() -> On { On }
    //~^ ERROR(warm) no guard `warm` is declared: mark a function `warm` with `#[guard]`
    #[guard] fn powered() -> bool { true }
}
