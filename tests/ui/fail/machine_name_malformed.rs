#[leverframe::machine(name = "Lamp")]
//~^ ERROR("Lamp") a machine is named by a plain name: `name = Release`
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
