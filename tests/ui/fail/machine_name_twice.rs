#[leverframe::machine(name = Lamp, name = Torch)]
//~^ ERROR(name) `name` is given already: remove one
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
