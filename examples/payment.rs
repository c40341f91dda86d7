//! A machine with values that are recorded and not shown: `cargo run --example payment -- serve`

/// An order that is paid by card.
#[leverframe::machine(serde)]
pub mod payment {
    /// The customer, once logged in.
    #[context]
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    pub struct Customer {
        /// Whom to address.
        pub name: String,
        /// What proves that it is the customer.
        #[sensitive]
        pub token: String,
    }
    /// The order is open.
    #[state(initial)]
    pub struct Open;
    /// The card was charged.
    #[state]
    pub struct Paid {
        /// The number of the card.
        #[sensitive]
        pub card: String,
        /// The price.
        pub cents: u32,
    }
    /// The goods are on their way.
    #[state(final)]
    pub struct Delivered;
    /// The money is on its way back.
    #[state(final)]
    pub struct Refunded;

    /// Log the customer in.
    #[transition(from = Open)]
    fn log_in(customer: &mut Customer, name: String, #[sensitive] token: String) {
        *customer = Customer { name, token };
    }
    /// Pay by card.
    #[transition(from = Open)]
    fn pay(
        #[sensitive] card: String,
        /** Its digits. */
        #[sensitive]
        pin: Vec<u8>,
        cents: u32,
    ) -> Result<Paid, &'static str> {
        if pin.is_empty() { Err("the PIN has no digits") } else { Ok(Paid { card, cents }) }
    }
    /// Send the goods.
    #[transition(from = Paid)]
    fn deliver() -> Delivered {
        Delivered
    }
    /// Give the money back, when two people agree.
    #[transition(from = Paid, by = human(2))]
    fn refund(
        /** Where the money goes. */
        #[sensitive]
        account: String,
    ) -> Refunded {
        drop(account);
        Refunded
    }
    /// The price that was paid, in cents.
    #[query]
    fn price(paid: &Paid) -> u32 {
        paid.cents
    }
}
fn main() -> std::process::ExitCode {
    leverframe::cli::main::<payment::Payment>()
}
