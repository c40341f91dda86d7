#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Of)] fn press(force: u8) -> On { drop(force); On }
    //~^ ERROR(Of) no state `Of` is declared; did you mean `Off`?
}
use lamp::{Lamp, Off, events::Press, *};
pub fn press(lamp: Lamp<Off>) -> Lamp<On> { lamp.press(1) }
pub fn drive(mut lamp: Lamp) -> Result<Applied, lamp::Refusal> { lamp.apply(Press { force: 1 }) }
pub fn is_on(lamp: Lamp) -> bool { matches!(lamp.into_typed(), Typed::On(_)) && CHART.name() == "Lamp" }
pub fn unrelated() -> u8 { "" }
//~^ E0308 mismatched types
