#[leverframe::machine(serde)]
pub mod shop {
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn paid() -> Paid { Paid }
    #[transition(from = Open)] fn failed(reason: String) -> Paid { drop(reason); Paid }
    #[task(state = Open, outcomes = [paid], failure = failed)] async fn charge() -> u32 { 1 }
    //~^ ERROR(async) the function of a task is not `async`: it makes the input; the async work is a method of the generated trait `Tasks`
}
