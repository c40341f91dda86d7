#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = super::lamp::Off)] fn press() -> On { On }
    //~^ ERROR(super::lamp::Off) a state is named by its plain name, as it is declared in this module
}
