use std::{fmt, io};
#[leverframe::machine]
pub mod lamp {
    use super::*;
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> io::Result<On> { Ok(On) }
    //~^ ERROR(io::Result<On>) `Result` is written out, with both types: `Result<Draft, Error>`
    #[transition(from = Off)] fn push() -> fmt::Result { Ok(()) }
    //~^ ERROR(fmt::Result) `Result` is written out, with both types: `Result<Draft, Error>`
    #[query] fn works() -> io::Result<bool> { Ok(true) }
    //~^ ERROR(io::Result<bool>) `Result` is written out, with both types: `Result<Draft, Error>`
}
