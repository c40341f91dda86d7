#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[transition(from = On)] fn release() -> Off { Off }
}
pub fn release() {
    let _ = lamp::Lamp::new().fire(lamp::events::Release);
    //~^ E0277 event `events::Release` is not legal in state `lamp::Off`
    //~^^ E0277 no transition of this event leaves `lamp::Off`
    //~^^^ E0277 the methods of the machine in `lamp::Off` are the events that are legal there
}
