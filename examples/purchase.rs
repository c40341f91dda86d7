//! A machine in which a person decides: `cargo run --example purchase -- serve`

/// A purchase: put together, approved by a person, ordered.
#[leverframe::machine(serde)]
pub mod purchase {
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    /// What is to be bought.
    #[context]
    #[derive(Default, Serialize, Deserialize)]
    pub struct Basket(pub Vec<Item>);
    /// One thing, so many times.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
    pub struct Item {
        /// What it is called.
        pub name: String,
        /// The price of one, in cents.
        pub cents: u32,
        /// How many.
        pub quantity: u8,
        /// The size, where there are several.
        pub size: Option<Size>,
    }
    /// A size.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    pub enum Size {
        /// The small one.
        Small,
        /// The large one.
        Large,
    }

    /// The basket is being filled.
    #[state(initial)]
    pub struct Choosing;
    /// A person looks at the basket.
    #[state]
    pub struct Asked {
        /// What the basket costs, in cents.
        pub total_cents: u64,
    }
    /// The things are on their way.
    #[state(final)]
    pub struct Ordered;
    /// Nothing is bought.
    #[state(final)]
    pub struct Cancelled;

    /// Put things into the basket.
    #[transition(from = Choosing)]
    fn put(basket: &mut Basket, items: Vec<Item>) -> Result<(), String> {
        if basket.0.len() + items.len() > 100 {
            return Err("the basket holds 100 items".to_owned());
        }
        basket.0.extend(items);
        Ok(())
    }
    /// Write down what the purchase is for.
    #[transition(from = [Choosing, Asked])]
    fn remark(text: String, is_urgent: Option<bool>) {
        let _ = (text, is_urgent);
    }
    /// Ask for approval.
    #[transition(from = Choosing, guard = has_items)]
    fn ask(basket: &Basket) -> Asked {
        Asked { total_cents: total(basket) }
    }
    #[guard]
    fn has_items(basket: &Basket) -> Result<(), &'static str> {
        if basket.0.is_empty() { Err("the basket is empty") } else { Ok(()) }
    }
    /// Change the basket again.
    #[transition(from = Asked)]
    fn reopen() -> Choosing {
        Choosing
    }
    /// Order what is in the basket.
    #[transition(from = Asked, by = human)]
    fn order(budget_cents: u64) -> Ordered {
        let _ = budget_cents;
        Ordered
    }
    /// Give up the purchase.
    #[transition(from = [Choosing, Asked])]
    fn cancel() -> Cancelled {
        Cancelled
    }
    /// What the basket costs, in cents.
    #[query]
    fn total(basket: &Basket) -> u64 {
        basket.0.iter().map(|item| u64::from(item.cents) * u64::from(item.quantity)).sum()
    }
    /// The things in the basket whose names contain a text.
    #[query]
    fn find(basket: &Basket, part: String) -> Vec<Item> {
        basket.0.iter().filter(|item| item.name.contains(&part)).cloned().collect()
    }
    /// How to decide on the purchase.
    #[prompt(Asked)]
    fn decide(asked: &Asked, budget: String) -> String {
        format!("Are {} cents within {budget}?", asked.total_cents)
    }
}

fn main() -> std::process::ExitCode {
    leverframe::cli::main::<purchase::Purchase>()
}
