#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial, final)] pub struct Off;
    #[transition(from = _)] fn press() -> Off { Off }
    //~^ ERROR(_) `_` stands for every state that is not final, and there is none
}
