#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
#[ensure(to = Onn, through = pres)]
//~^ ERROR(Onn) no state `Onn` is declared; did you mean `On`?
//~^^ ERROR(pres) no state `pres` is declared; did you mean `press`?
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
