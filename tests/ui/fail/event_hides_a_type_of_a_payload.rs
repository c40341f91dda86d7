#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn string(text: String) -> On { drop(text); On }
    //~^ ERROR(String) `String` means the event `events::String` in a payload: write the whole path
}
