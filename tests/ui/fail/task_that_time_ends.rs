#[leverframe::machine(serde)]
pub mod shop {
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn paid() -> Paid { Paid }
    #[transition(from = Open)] fn failed(reason: String) -> Paid { drop(reason); Paid }
    #[transition(from = Open, after = "1h")] fn lapse() -> Paid { Paid }
    #[task(state = Open, outcomes = [paid, lapse], failure = failed)] fn charge() -> u32 { 1 }
    //~^ ERROR(lapse) `lapse` is a timeout in `Open`, which comes by itself: end the task in another event
}
