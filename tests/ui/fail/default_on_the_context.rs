#[leverframe::machine]
pub mod lamp {
    #[context] #[derive(Default)] pub struct Bulb;
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press(#[default = Bulb] bulb: &mut Bulb) -> On { On }
    //~^ ERROR(bulb) only a part of the payload has a default
}
