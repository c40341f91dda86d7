#[leverframe::machine]
mod lamp {
    #[context] pub(super) struct Bulb;
    //~^ ERROR(Bulb) the context `Bulb` is less visible than the states: make it `pub`
    #[state(initial)] pub(super) struct Off;
    //~^ ERROR(Off) the state `Off` is less visible than another: make it `pub`
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
