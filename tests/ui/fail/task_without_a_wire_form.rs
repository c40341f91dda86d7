#[leverframe::machine]
pub mod shop {
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn paid() -> Paid { Paid }
    #[transition(from = Open)] fn failed(reason: String) -> Paid { drop(reason); Paid }
    #[task(state = Open, outcomes = [paid], failure = failed)] fn charge() -> u32 { 1 }
    //~^ ERROR(charge) a task is durable, and needs the wire form: declare the machine `#[machine(serde)]`
}
