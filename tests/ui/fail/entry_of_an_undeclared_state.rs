#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[entry(Onn)] fn click() {}
    //~^ ERROR(Onn) no state `Onn` is declared; did you mean `On`?
}
