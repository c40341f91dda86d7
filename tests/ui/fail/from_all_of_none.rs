#[leverframe::machine]
pub mod lamp {
    #[state(initial, final)] pub struct Off;
    #[transition(from = _)] fn press() -> Off { Off }
    //~^ ERROR(_) `_` stands for every state that is not final, and there is none
}
