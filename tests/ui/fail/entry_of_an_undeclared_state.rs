#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[entry(Onn)] fn click() {}
    //~^ ERROR(Onn) no state `Onn` is declared; did you mean `On`?
}
