#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press(self) -> On { On }
    //~^ ERROR(self) a handler has no `self`: it takes the state, as in `draft: &Draft`, and the context each by its type
    #[transition(from = Off)] fn push(&mut self) -> On { On }
    //~^ ERROR(&mut self) a handler has no `self`: it takes the state, as in `draft: &Draft`, and the context each by its type
}
