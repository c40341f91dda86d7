#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> Result<On, String> { Ok(On) }
}
pub fn press() -> lamp::Lamp<lamp::On> {
    lamp::Lamp::new().press()
    //~^ E0308 mismatched types
}
