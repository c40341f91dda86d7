#[leverframe::machine(serde)]
pub mod shop {
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn paid() -> Paid { Paid }
    #[transition(from = Open)] fn failed(reason: String) -> Paid { drop(reason); Paid }
    #[task(state = Open, outcomes = [paid], failure = failed)] fn charge(cents: u32) -> u32 { cents }
    //~^ ERROR(u32) the function of a task sees state and context, and nothing else: it runs when the state is entered
}
