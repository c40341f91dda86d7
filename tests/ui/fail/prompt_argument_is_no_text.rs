#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[prompt] fn help(percent: u8) -> String { percent.to_string() }
    //~^ ERROR(u8) an argument of a prompt is a `String` or an `Option<String>`
    #[prompt] fn advice(words: Option<u8>) -> String { String::new() }
    //~^ ERROR(Option<u8>) an argument of a prompt is a `String` or an `Option<String>`
}
