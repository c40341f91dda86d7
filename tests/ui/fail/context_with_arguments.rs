#[leverframe::machine]
pub mod lamp {
    #[context(serde)] pub struct Bulb;
    //~^ ERROR(serde) `#[context]` has no option `serde`; it has `sensitive = [token]`
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[query(On)] fn hours(bulb: &Bulb) -> u8 { 0 }
    //~^ ERROR(query(On)) `#[query]` takes no arguments
}
