#[leverframe::machine(serde)]
pub mod shop {
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn paid() -> Paid { Paid }
    #[transition(from = Open)] fn failed(reason: String) -> Paid { drop(reason); Paid }
    #[state] pub struct Late;
    #[transition(from = Open)] fn delay() -> Late { Late }
    #[transition(from = Late)] fn settled() -> Paid { Paid }
    #[task(state = Open, outcomes = [paid], failure = failed)] fn charge(late: &Late) -> u32 { _ = late; 1 }
    //~^ ERROR(charge) the function of a task sees its source, which is `Open`
}
