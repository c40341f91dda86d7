#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct TurnedOff;
    #[state(final)] pub struct Turned_Off;
    //~^ ERROR(Turned_Off) `Turned_Off` and `TurnedOff` would be one name on the wire: rename one
    #[transition(from = TurnedOff)] fn press() -> Turned_Off { Turned_Off }
}
