#[leverframe::machine]
pub mod lamp {
//~^ ERROR(lamp) a machine has transitions: mark functions `#[transition(from = …)]`
    #[state(initial)] pub struct Off;
}
pub fn lamp() -> lamp::Lamp<lamp::Off> {
    lamp::Lamp::new()
}
