#[leverframe::machine(serde)]
pub mod shop {
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn paid() -> Paid { Paid }
    #[transition(from = Open)] fn failed(reason: String) -> Paid { drop(reason); Paid }
    #[task(state = Open, outcomes = [payed], failure = failed)] fn charge() -> u32 { 1 }
    //~^ ERROR(payed) no event `payed` is declared; did you mean `paid`?
}
