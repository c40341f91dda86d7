#[leverframe::machine]
pub mod lamp {
    #[state(initial, parent = Workin)] pub struct Off;
    //~^ ERROR(Workin) no superstate `Workin` is declared; did you mean `Working`?
    #[state(final, parent = Working)] pub struct On;
    #[superstate] pub struct Working;
    #[transition(from = Off)] fn press() -> On { On }
}
