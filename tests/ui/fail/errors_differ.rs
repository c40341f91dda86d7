#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state] pub struct On;
    #[transition(from = Off)] fn press() -> Result<On, String> { Ok(On) }
    #[transition(from = On)] fn press() -> Result<Off, Box<str>> { Ok(Off) }
    //~^ ERROR(Box<str>) the clauses of one event fail with the same type, and the first `press` fails with `String`
}
