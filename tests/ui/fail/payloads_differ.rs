#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state] pub struct On;
    #[state(final)] pub struct Broken;
    #[transition(from = Off)] fn press(hard: bool) -> On { drop(hard); On }
    #[transition(from = On)] fn press(hard: u8) -> Off { drop(hard); Off }
    //~^ ERROR(hard) the clauses of one event have the same payload, and the first `press` has `hard: bool`
    #[transition(from = Off)] fn hit(hard: bool) -> Broken { drop(hard); Broken }
    #[transition(from = On)] fn hit() -> Broken { Broken }
    //~^ ERROR(hit) the clauses of one event have the same payload, and the first `hit` has `hard: bool`
}
