#[leverframe::machine(name = "Lamp")]
//~^ ERROR("Lamp") a machine is named by a plain name: `name = Release`
//~^^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
