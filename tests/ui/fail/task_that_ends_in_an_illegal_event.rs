#[leverframe::machine(serde)]
pub mod shop {
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn paid() -> Paid { Paid }
    #[transition(from = Open)] fn failed(reason: String) -> Paid { drop(reason); Paid }
    #[state] pub struct Late;
    #[transition(from = Open)] fn delay() -> Late { Late }
    #[transition(from = Late)] fn settled() -> Paid { Paid }
    #[task(state = Open, outcomes = [paid, settled], failure = failed)] fn charge() -> u32 { 1 }
    //~^ ERROR(settled) the task `charge` may end in `settled` while the machine is in `Open`, where it is not legal: declare it there, or remove it here
}
