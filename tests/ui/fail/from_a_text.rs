#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = "Off")] fn press() -> On { On }
    //~^ ERROR("Off") a state is named by its plain name, as it is declared in this module
}
