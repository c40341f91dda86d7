#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press(hard: bool, hard: bool) -> On { On }
    //~^ ERROR(hard) `hard` is a parameter already: choose another name
}
