#[leverframe::machine]
#[ensure(to = Onn, through = pres)]
//~^ ERROR(Onn) no state `Onn` is declared; did you mean `On`?
//~^^ ERROR(pres) no state `pres` is declared; did you mean `press`?
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
