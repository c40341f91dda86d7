//! A machine with its own command line and MCP server: `cargo run --example expense -- serve`

/// An expense claim: written, handed in, paid.
#[leverframe::machine(serde)]
pub mod expense {
    /// The items, with prices in cents.
    #[context]
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    pub struct Claim(Vec<(String, u32)>);
    /// The claim is being written.
    #[state(initial)]
    pub struct Draft;
    /// The claim waits for a decision.
    #[state]
    pub struct Submitted(pub String);
    /// The money is on its way.
    #[state(final)]
    pub struct Paid;

    /// Claim one more item.
    #[transition(from = Draft)]
    fn add_item(claim: &mut Claim, what: String, cents: u32) -> Result<(), String> {
        if cents == 0 {
            return Err(format!("`{what}` costs nothing: leave it out"));
        }
        claim.0.push((what, cents));
        Ok(())
    }
    /// Hand the claim in.
    #[transition(from = Draft)]
    fn submit(purpose: String) -> Submitted {
        Submitted(purpose)
    }
    /// Ask for changes.
    #[transition(from = Submitted)]
    fn send_back() -> Draft {
        Draft
    }
    /// Nobody has decided on the claim.
    #[transition(from = Submitted, after = "14d")]
    fn lapse() -> Draft {
        Draft
    }
    /// Pay the claim.
    #[transition(from = Submitted)]
    fn pay(claim: &Claim, budget: u64) -> Result<Paid, String> {
        let total = total(claim);
        if total <= budget { Ok(Paid) } else { Err(format!("{total} cents are over the budget")) }
    }
    /// The sum of all items, in cents.
    #[query]
    fn total(claim: &Claim) -> u64 {
        claim.0.iter().map(|(_, cents)| u64::from(*cents)).sum()
    }
    /// How to decide on the claim.
    #[prompt(Submitted)]
    fn decide(claim: &Claim, submitted: &Submitted) -> String {
        format!("Are {} cents for \"{}\" well spent?", total(claim), submitted.0)
    }
}
fn main() -> std::process::ExitCode {
    leverframe::cli::main::<expense::Expense>()
}
