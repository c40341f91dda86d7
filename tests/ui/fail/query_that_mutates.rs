#[leverframe::machine]
pub mod lamp {
    #[context] pub struct Bulb(u32);
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On(u32);
    #[transition(from = Off)] fn press() -> On { On(0) }
    #[query] fn hours(bulb: &mut Bulb) -> u32 { bulb.0 }
    //~^ ERROR(&mut Bulb) a query changes nothing: take `&`, not `&mut`
    #[prompt(On)] fn help(on: &mut On) -> String { on.0.to_string() }
    //~^ ERROR(&mut On) a prompt changes nothing: take `&`, not `&mut`
}
