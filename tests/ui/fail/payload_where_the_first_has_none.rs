#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[transition(from = On)] fn press(hard: bool) -> Off { drop(hard); Off }
    //~^ ERROR(hard) the clauses of one event have the same payload, and the first `press` has none
}
