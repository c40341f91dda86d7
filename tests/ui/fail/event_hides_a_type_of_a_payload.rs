#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn string(text: String) -> On { drop(text); On }
    //~^ ERROR(String) `String` means the event `events::String` in a payload: write the whole path
}
