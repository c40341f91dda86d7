#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[state] pub struct Dim;
    #[transition(from = Off | Dim)] fn press() -> On { On }
    //~^ ERROR(|) options have commas between them, and several states are given as a list: `from = [Draft, Waiting]`
    #[transition(from = Off)] fn dim() -> Dim { Dim }
}
