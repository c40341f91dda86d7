#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[choice] pub enum Either { Bright(On), Dark(Of) }
    //~^ ERROR(Of) no state `Of` is declared; did you mean `Off`?
    #[transition(from = Off)] fn press() -> On { On }
}
