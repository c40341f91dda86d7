#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[state] thread_local! {}
    //~^ ERROR(thread_local!) `#[state]` goes on a struct, with or without data
}
