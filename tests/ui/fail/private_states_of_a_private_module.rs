#[leverframe::machine]
mod lamp {
    #[state(initial)] struct Off;
    //~^ ERROR(Off) the state `Off` is less visible than the machine: make it `pub(super)`
    #[state(final)] pub(self) struct On;
    //~^ ERROR(On) the state `On` is less visible than the machine: make it `pub(super)`
    #[transition(from = Off)] fn press() -> On { On }
}
