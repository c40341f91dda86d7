#[leverframe::machine(serde)]
pub mod shop {
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn paid() -> Paid { Paid }
    #[transition(from = Open)] fn failed(reason: String) -> Paid { drop(reason); Paid }
    #[task(state = Open, outcomes = [paid], failure = failed)] fn charge() -> Result<u32, String> { Ok(1) }
    //~^ ERROR(charge) the function of a task returns the input of its async work: a value, and no `Result`
}
