#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[context] #[derive(Default)] pub struct Bulb;
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press(#[default = Bulb] bulb: &mut Bulb) -> On { On }
    //~^ ERROR(bulb) only a part of the payload has a default
}
