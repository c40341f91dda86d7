#[leverframe::machine(serde, version = 2)]
#[upgrade(since = 2, state(Offf = "DARK"))]
//~^ ERROR(Offf) no state `Offf` is declared; did you mean `Off`?
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
