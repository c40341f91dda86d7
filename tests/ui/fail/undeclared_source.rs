#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Of)] fn press() -> On { On }
    //~^ ERROR(Of) no state `Of` is declared; did you mean `Off`?
}
use lamp::{Event, Fault, Lamp, On, Refusal, State, events::Press};
pub fn switch_on(mut lamp: Lamp) -> Result<State, Refusal> {
    lamp.apply(Event::from(Press)).map(|applied| applied.to)
}
