#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> Option<On> { None }
    //~^ ERROR(Option<On>) a handler returns its target state by its plain name, a `Result<State, Error>`, or nothing
    #[transition(from = Off)] fn push() -> (On, u8) { (On, 0) }
    //~^ ERROR((On, u8)) a handler returns its target state by its plain name, a `Result<State, Error>`, or nothing
    #[transition(from = Off)] fn hit() -> Result<Vec<On>, String> { Ok(Vec::new()) }
    //~^ ERROR(Vec<On>) a handler returns its target state by its plain name, a `Result<State, Error>`, or nothing
    #[transition(from = Off)] fn kick() -> ! { loop {} }
    //~^ ERROR(!) a handler returns its target state by its plain name, a `Result<State, Error>`, or nothing
}
