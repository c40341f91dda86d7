#[leverframe::machine(serde)]
pub mod shop {
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn paid() -> Paid { Paid }
    #[transition(from = Open)] fn failed(reason: String) -> Paid { drop(reason); Paid }
    #[transition(from = Open)] fn refused(code: u32) -> Paid { _ = code; Paid }
    #[task(state = Open, outcomes = [paid], failure = refused)] fn charge() -> u32 { 1 }
    //~^ ERROR(refused) `refused` is made of the last error: it has no parameters, or one `String`
}
