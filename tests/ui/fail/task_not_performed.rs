#[leverframe::machine(serde)]
pub mod shop {
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn paid() -> Paid { Paid }
    #[task(state = Open, outcomes = [paid], failure = paid_not)] fn charge() -> u32 { 1 }
    #[transition(from = Open)] fn paid_not() -> Paid { Paid }
}
struct Shop;
impl shop::Tasks for Shop {} //~ E0046 missing: `charge`
