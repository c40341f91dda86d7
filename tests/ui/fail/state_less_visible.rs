#[leverframe::machine]
pub mod lamp {
    #[context] struct Bulb;
    #[state(initial)] struct Off;
    //~^ ERROR(Off) the state `Off` is less visible than the machine: make it `pub`
    #[state(final)] pub(crate) struct On;
    //~^ ERROR(On) the state `On` is less visible than the machine: make it `pub`
    #[transition(from = Off)] fn press() -> On { On }
}
