#[leverframe::machine]
pub mod lamp {
    #[context] #[derive(Debug)] pub enum Bulb { Fresh, Old }
    //~^ ERROR(Bulb) `#[context]` goes on a struct, with what every state can see and change
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press(bulb: &mut Bulb) -> On { On }
}
