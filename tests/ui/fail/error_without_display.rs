#[leverframe::machine]
//~^ E0277 `Stuck` doesn't implement `Debug`
pub mod lamp {
    #[derive(Debug)] pub struct Jammed;
    pub struct Stuck;
    impl std::fmt::Display for Stuck { fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { Ok(()) } }
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> Result<On, Jammed> { Err(Jammed) }
    //~^ E0277 `Jammed` doesn't implement
    #[transition(from = Off)] fn push() -> Result<On, Stuck> { Err(Stuck) }
}
