#[leverframe::machine]
mod lamp {
    #[context] pub(super) struct Bulb;
    //~^ ERROR(Bulb) the context `Bulb` is seen less far than the states: make it `pub`
    #[state(initial)] pub(super) struct Off;
    //~^ ERROR(Off) the state `Off` is seen less far than another: make it `pub`
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
