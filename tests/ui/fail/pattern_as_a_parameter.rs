#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press((hard, _): (bool, u8)) -> On { drop(hard); On }
    //~^ ERROR((hard, _)) a parameter has a name, by which it is passed: destructure it in the body
    #[transition(from = Off)] fn push(_: u8) -> On { On }
    //~^ ERROR(_) a parameter has a name, by which it is passed: destructure it in the body
}
