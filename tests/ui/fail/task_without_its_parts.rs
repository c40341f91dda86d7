#[leverframe::machine(serde)]
pub mod shop {
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn paid() -> Paid { Paid }
    #[transition(from = Open)] fn failed(reason: String) -> Paid { drop(reason); Paid }
    #[task(state = Open)] fn charge() -> u32 { 1 }
    //~^ ERROR(task(state = Open)) a task names its state, its outcomes and its failure: `#[task(state = Charging, outcomes = [charged, declined], failure = charge_failed)]`
}
