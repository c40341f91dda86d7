#[leverframe::machine]
pub mod lamp {
    type Result = std::result::Result<On, String>;
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> Result { Ok(On) }
    //~^ ERROR(Result) `Result` is written out, with both types: `Result<Draft, Error>`
}
