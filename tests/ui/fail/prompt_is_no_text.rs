#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[prompt] fn help() -> u8 { 0 }
    //~^ ERROR(u8) a prompt returns a `String` or a `Result<String, Error>`
    #[prompt] fn advice() -> Result<&'static str, String> { Ok("") }
    //~^ ERROR(&'static str) a prompt returns a `String` or a `Result<String, Error>`
}
