#[leverframe::machine(serde)]
pub mod shop {
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn paid() -> Paid { Paid }
    #[transition(from = Open)] fn failed(reason: String) -> Paid { drop(reason); Paid }
    #[task(state = Paid, outcomes = [paid], failure = failed)] fn charge() -> u32 { 1 }
    //~^ ERROR(Paid) `Paid` is final, so no task can end there: name a state with transitions
}
