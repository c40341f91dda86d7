#[leverframe::machine(serde)]
pub mod shop {
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn paid() -> Paid { Paid }
    #[transition(from = Open)] fn failed(reason: String) -> Paid { drop(reason); Paid }
    #[task(state = Open, outcomes = [paid], failure = failed, attempts = 0)] fn charge() -> u32 { 1 }
    //~^ ERROR(0) the number of attempts is from 1 to 1000: `attempts = 3`
}
