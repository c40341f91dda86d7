#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press(force: Force) -> On { drop(force); On }
    //~^ E0425 Force
}
