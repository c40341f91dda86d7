use lamp::Off;
#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
pub struct Dim;
pub fn dim(_: lamp::Lamp<Off>) -> Option<lamp::Lamp<Dim>> { None }
pub fn legal(lamp: lamp::Lamp<Dim>) -> lamp::Lamp { lamp.into() }
//~^ E0277 `Dim` is not a state of a machine
