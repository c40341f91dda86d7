#[leverframe::machine(serde)]
pub mod shop {
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn paid() -> Paid { Paid }
    #[transition(from = Open)] fn failed(reason: String) -> Paid { drop(reason); Paid }
    #[transition(from = Open, by = human)] fn settled() -> Paid { Paid }
    #[task(state = Open, outcomes = [paid, settled], failure = failed)] fn charge() -> u32 { 1 }
    //~^ ERROR(settled) a person decides on `settled` in `Open`, so that a task cannot end in it: name another event
}
