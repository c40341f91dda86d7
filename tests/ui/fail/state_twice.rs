#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[state(final)] pub struct On;
    //~^ ERROR(On) `On` is declared already: choose another name
    //~^^ E0428 On
    #[transition(from = Off)] fn press() -> On { On }
}
